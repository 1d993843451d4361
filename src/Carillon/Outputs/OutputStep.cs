using System.Collections.Concurrent;
using Carillon.Engine;
using Carillon.Store;

namespace Carillon.Outputs;

/// <summary>
/// Stands between the engine and the outputs, so that a slow disk or a blocked terminal holds no job: takes ends without waiting, writes
/// them on a loop of its own, and drops (counted and told) what comes while too many wait.
/// </summary>
internal sealed class OutputStep(OutputWriter writer, TimeProvider clock) : IStep
{
    public const int MaxWaiting = 10_000;
    private const int MaxBatch = 500;

    private readonly ConcurrentQueue<Finish> _queue = new();
    private int _waiting;

    /// <summary>Told when there is something to write.</summary>
    public event Action? Added;

    /// <summary>Takes the end of an attempt whose job has outputs; of others it takes no notice. Never waits.</summary>
    public void Add(Finish finish)
    {
        if (finish.Job.Output is null)
        {
            return;
        }

        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            writer.Losses.Add(1, "dropped", "all outputs", $"more than {MaxWaiting} records wait for a slow output");
            return;
        }

        _queue.Enqueue(finish);
        Added?.Invoke();
    }

    /// <summary>Writes what waits, at most 500 at a time. At shutdown it is called until it returns null.</summary>
    /// <remarks>What has been begun is written to its end: when cancelled it is only no longer waited for, and the next call comes after it.</remarks>
    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var batch = new List<Finish>();
        while (batch.Count < MaxBatch && _queue.TryDequeue(out var finish))
        {
            batch.Add(finish);
        }

        if (batch.Count == 0)
        {
            return null;
        }

        Interlocked.Add(ref _waiting, -batch.Count);
        await writer.WriteAsync(batch).WaitAsync(cancellationToken);
        return _queue.IsEmpty ? null : clock.GetUtcNow();
    }
}
