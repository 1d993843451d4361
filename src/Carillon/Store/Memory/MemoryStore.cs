namespace Carillon.Store.Memory;

/// <summary>
/// The executable specification of the seam: plain tables under one lock, nothing optimised, nothing kept beyond the process.
/// What another store does differently is a fault of that store.
/// </summary>
internal sealed partial class MemoryStore : IStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Job> _jobs = [];
    private readonly Dictionary<Guid, long> _claims = [];
    private readonly Dictionary<string, Schedule> _schedules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _leaseTokens = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Kind, string Name), Definition> _definitions = [];
    private readonly Dictionary<Bucket, DateTimeOffset> _buckets = [];
    private readonly Dictionary<string, string> _turns = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, JournalEntry> _journal = [];
    private readonly Stack<Action> _undo = [];
    private long _sequence;
    private StoreSignal _signal;

    public string Description => "memory";

    public event Action<StoreSignal>? Signalled;

    public Task UpgradeSchemaAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<StoreTime?> GetTimeAsync(CancellationToken cancellationToken) => Task.FromResult<StoreTime?>(null);

    public Task ShiftDelaysAsync(TimeSpan step, CancellationToken cancellationToken) =>
        TransactAsync(() => ShiftDelays(step), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool ShiftDelays(TimeSpan step)
    {
        foreach (var lease in _leases.Values.ToList())
        {
            Put(_leases, lease.Name, lease with { Until = lease.Until + step });
        }

        foreach (var job in _jobs.Values.Where(job => job.IsDelayed && job.State is JobState.Pending or JobState.Waiting).ToList())
        {
            Save(job with { RunAt = job.RunAt + step });
        }

        foreach (var (bucket, fullAt) in _buckets.ToList())
        {
            Put(_buckets, bucket, fullAt + step);
        }

        return true;
    }

    /// <summary>One transition: all of it or, when it throws, nothing. Sleepers are told once the lock is free.</summary>
    private Task<T> TransactAsync<T>(Func<T> transition, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            var result = Commit(transition, out var signal);
            if (signal != StoreSignal.None)
            {
                Signalled?.Invoke(signal);
            }

            return Task.FromResult(result);
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }

    private T Commit<T>(Func<T> transition, out StoreSignal signal)
    {
        lock (_lock)
        {
            _undo.Clear();
            _signal = StoreSignal.None;
            try
            {
                var result = transition();
                signal = _signal;
                return result;
            }
            catch
            {
                RollBack();
                throw;
            }
        }
    }

    private void RollBack()
    {
        while (_undo.TryPop(out var step))
        {
            step();
        }

        _signal = StoreSignal.None;
    }

    // Every write to a table goes through these two, so that each can be taken back.
    private void Put<TKey, TValue>(IDictionary<TKey, TValue> table, TKey key, TValue value)
    {
        var before = table.TryGetValue(key, out var found) ? () => table[key] = found : (Action)(() => table.Remove(key));
        _undo.Push(before);
        table[key] = value;
    }

    private void Remove<TKey, TValue>(IDictionary<TKey, TValue> table, TKey key)
    {
        if (table.TryGetValue(key, out var found))
        {
            _undo.Push(() => table[key] = found);
            table.Remove(key);
        }
    }
}
