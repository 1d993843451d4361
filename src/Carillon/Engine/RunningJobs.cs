using System.Collections.Concurrent;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Engine;

/// <summary>The attempts that run on this node.</summary>
internal sealed class RunningJobs
{
    private readonly ConcurrentDictionary<(Guid Job, long Token), Attempt> _attempts = new();
    private int _count;

    /// <summary>Told when an attempt has left.</summary>
    public event Action? Left;

    public int Count => Volatile.Read(ref _count);

    public IEnumerable<Attempt> All => _attempts.Values;

    public void Enter(Attempt attempt)
    {
        Interlocked.Increment(ref _count);
        _attempts[KeyOf(attempt)] = attempt;
    }

    public void Leave(Attempt attempt)
    {
        _attempts.TryRemove(KeyOf(attempt), out _);
        Interlocked.Decrement(ref _count);
        Left?.Invoke();
    }

    public void Stop(CancelRequest request)
    {
        if (_attempts.TryGetValue((request.Job, request.Token), out var attempt))
        {
            attempt.Stop(StopCause.Cancelled, request.Reason);
        }
    }

    public void StopAll(StopCause cause)
    {
        foreach (var attempt in _attempts.Values)
        {
            attempt.Stop(cause);
        }
    }

    private static (Guid Job, long Token) KeyOf(Attempt attempt) => (attempt.Job.Id, attempt.Job.Token);
}
