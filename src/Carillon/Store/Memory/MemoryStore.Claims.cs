namespace Carillon.Store.Memory;

// Who may run what, and for how long that stands.
internal sealed partial class MemoryStore
{
    public Task<ClaimBatch> ClaimAsync(ClaimRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync(() => Claim(request, now), cancellationToken);

    public Task<IReadOnlyList<Guid>> ReclaimAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<Guid>>(() => Reclaim(now), cancellationToken);

    public Task<IReadOnlyList<Guid>> ReturnAsync(string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<Guid>>(() => Return(node, known, now), cancellationToken);

    private ClaimBatch Claim(ClaimRequest request, DateTimeOffset now)
    {
        if (!IsHeld(NodeLease(request.Node), request.NodeToken, now))
        {
            return new ClaimBatch([], null, IsNodeLost: true);
        }

        ExpireJobs(ClaimRequest.MostExpired, now);
        var limits = new ClaimLimits(request.Handlers, QueueDefinitions(), _jobs.Values.Where(job => job.State == JobState.Running));
        var claimed = new List<Job>();
        var isSlotWanted = false;
        foreach (var job in PendingFor(request).Where(job => job.RunAt <= now).OrderBy(Rank).ThenBy(job => job.Id).ToList())
        {
            if (claimed.Count >= request.Limit)
            {
                break;
            }

            if (job.ExpiresAt <= now)
            {
                End(job, JobState.Cancelled, "expired", now);
            }
            else if (!limits.HoldBack(job))
            {
                // It ends here, so that none behind it takes the next slot before it.
                if (isSlotWanted = job.OwnerLosses > 0 && claimed.Count >= request.Slots)
                {
                    break;
                }

                claimed.Add(Begin(job, request, now));
                limits.Take(job);
            }
        }

        return new ClaimBatch(claimed, PendingFor(request).Where(job => !limits.HoldBack(job)).Min(job => (DateTimeOffset?)job.RunAt), IsSlotWanted: isSlotWanted);
    }

    private IEnumerable<Definition> QueueDefinitions() => _definitions.Values.Where(definition => definition.Kind == DefinitionKinds.Queue);

    private IEnumerable<Job> PendingFor(ClaimRequest request) => _jobs.Values.Where(job =>
        job.State == JobState.Pending && request.Handlers.ContainsKey(job.Handler) && request.Queues?.Contains(job.Queue) != false);

    // Priority buys a minute a point: whoever waits that much longer overtakes, so none starves. In ticks, for RunAt may be near the ends of time.
    private static long Rank(Job job) => job.RunAt.UtcTicks - (TimeSpan.TicksPerMinute * job.Priority);

    private Job Begin(Job job, ClaimRequest request, DateTimeOffset now)
    {
        var begun = job with { State = JobState.Running, Node = request.Node, Token = job.Token + 1, Attempt = job.Attempt + 1, StartedAt = now };
        Save(begun);
        Put(_claims, job.Id, request.NodeToken);
        return begun;
    }

    private List<Guid> Reclaim(DateTimeOffset now)
    {
        var lost = _jobs.Values.Where(job => job.State == JobState.Running && !IsHeld(NodeLease(job.Node!), _claims[job.Id], now)).OrderBy(job => job.Id).ToList();
        lost.ForEach(job => Lose(job, now));
        return lost.ConvertAll(job => job.Id);
    }

    private List<Guid> Return(string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now)
    {
        var unknown = _jobs.Values.Where(job => job.State == JobState.Running && job.Node == node && !known.Contains((job.Id, job.Token))).OrderBy(job => job.Id).ToList();
        unknown.ForEach(job => Write(OwnerLoss.Returned(job), now));
        return unknown.ConvertAll(job => job.Id);
    }

    private void Lose(Job job, DateTimeOffset now)
    {
        AppendAttempt(job.Id, AttemptFact.OwnerLost(job, now));
        Write(OwnerLoss.Lost(job, now), now);
    }
}
