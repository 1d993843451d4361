using Carillon.Store;

namespace Carillon.Tests.Simulation;

/// <summary>A store whose calls fail by seed, before or after their effect, and which watches each transition for broken invariants.</summary>
internal sealed partial class FaultyStore(IStore inner, World world, Oracle oracle) : IStore
{
    public string Description => inner.Description;

    public bool IsShared => true;

    /// <summary>Off while the run comes to rest.</summary>
    public bool IsFaulty { get; set; } = true;

    public event Action<StoreSignal>? Signalled
    {
        add => inner.Signalled += value;
        remove => inner.Signalled -= value;
    }

    public async Task<IReadOnlyList<bool>> FinishAsync(IReadOnlyList<Finish> finishes, DateTimeOffset now, CancellationToken cancellationToken) =>
        await CallAsync(async () =>
        {
            var sent = world.Faults.IsFenceRemoved ? await WithoutFenceAsync(finishes, cancellationToken) : finishes;
            var before = new List<Job?>();
            foreach (var finish in sent)
            {
                before.Add(await inner.GetAsync(finish.Job.Id, cancellationToken));
            }

            var written = await inner.FinishAsync(sent, now, cancellationToken);
            for (var i = 0; i < written.Count; i++)
            {
                oracle.Finished(finishes[i], before[i], written[i]);
            }

            return written;
        });

    public Task<ClaimBatch> ClaimAsync(ClaimRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(async () =>
        {
            var batch = await inner.ClaimAsync(request, now, cancellationToken);
            oracle.Claimed(batch.Jobs);
            if (batch.Jobs.Any(job => job.ConcurrencyKey is not null))
            {
                oracle.AfterClaim(await inner.ListAsync(new JobQuery { Filter = new JobFilter { States = [JobState.Running] }, Limit = 200 }, cancellationToken));
            }

            return batch;
        },
        batch => batch.Jobs.ToList().ForEach(job => oracle.Begun(job.Id)));

    public async Task<IReadOnlyList<FireResult>> FireAsync(IReadOnlyList<Firing> firings, DateTimeOffset now, CancellationToken cancellationToken) =>
        await CallAsync(async () =>
        {
            var results = await inner.FireAsync(firings, now, cancellationToken);
            oracle.Fired(firings, results);
            return results;
        });

    private async Task<T> CallAsync<T>(Func<Task<T>> call, Action<T>? onLostReply = null)
    {
        if (IsFaulty && world.Random.NextDouble() < world.Faults.LostRequest)
        {
            throw new SimulatedFaultException("the request was lost");
        }

        var answer = await call();
        if (IsFaulty && world.Random.NextDouble() < world.Faults.LostReply)
        {
            onLostReply?.Invoke(answer);
            throw new SimulatedFaultException("the reply was lost");
        }

        return answer;
    }

    // As if the store looked at nothing but the id: the end goes to whatever claim stands now.
    private async Task<IReadOnlyList<Finish>> WithoutFenceAsync(IReadOnlyList<Finish> finishes, CancellationToken cancellationToken)
    {
        var sent = new List<Finish>();
        foreach (var finish in finishes)
        {
            var current = await inner.GetAsync(finish.Job.Id, cancellationToken);
            sent.Add(current is { State: JobState.Running } ? finish with { Job = finish.Job with { Token = current.Token, Node = current.Node, Attempt = current.Attempt } } : finish);
        }

        return sent;
    }
}
