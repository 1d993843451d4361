using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>
/// Group commit: while one transaction is under way, further callers gather and go together in the next one. No window: a single caller
/// goes at once, and the more there are, the fewer commits each of them costs.
/// </summary>
internal sealed class EnqueueGroup(Connections connections)
{
    // Two at once: the one's jobs are written while the other's commit waits for the disk.
    private const int MostWriters = 2;
    private const int LargestBatch = 2_000;
    private readonly Lock _lock = new();
    private readonly Queue<Request> _waiting = new();
    private int _writers;

    /// <summary>Free slots of this process's node, for what is enqueued here.</summary>
    public IClaimOffer? Offer { get; set; }

    public Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(EnqueueRequest asked, CancellationToken cancellationToken)
    {
        if (!EnqueueBatch.MayShare(asked.Jobs) || asked.Jobs.Count >= LargestBatch)
        {
            return connections.WriteAsync(transaction => EnqueueBatch.WriteAsync(transaction, asked), cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<IReadOnlyList<EnqueueResult>>(cancellationToken);
        }

        var request = new Request(asked);
        if (Add(request))
        {
            _ = WriteAsync();
        }

        return request.Done.Task;
    }

    // True where the caller becomes a writer: what it does until the database is asked is done on its own thread.
    private bool Add(Request request)
    {
        lock (_lock)
        {
            _waiting.Enqueue(request);
            var isWriter = _writers < MostWriters;
            _writers += isWriter ? 1 : 0;
            return isWriter;
        }
    }

    // Nothing awaits it: whatever goes wrong goes to the callers.
    private async Task WriteAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await WriteAsync(batch);
        }
    }

    private List<Request> Take()
    {
        lock (_lock)
        {
            var batch = new List<Request>();
            for (var size = 0; _waiting.TryPeek(out var next) && (batch.Count == 0 || size + next.Asked.Jobs.Count <= LargestBatch); size += next.Asked.Jobs.Count)
            {
                batch.Add(_waiting.Dequeue());
            }

            _writers -= batch.Count == 0 ? 1 : 0;
            return batch;
        }
    }

    private async Task WriteAsync(List<Request> batch)
    {
        try
        {
            var results = await EnqueueBatch.WriteAllAsync(connections, batch.ConvertAll(request => request.Asked), Offer);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Done.TrySetResult(results[i]);
            }
        }
        catch (Exception exception) when (batch.Count == 1 || exception is StoreUnavailableException)
        {
            batch.ForEach(request => request.Done.TrySetException(exception));
        }
        catch (Exception)
        {
            // One of them took the others with it: each again by itself, so that only the guilty one fails.
            foreach (var request in batch)
            {
                await WriteAsync([request]);
            }
        }
    }

    private sealed record Request(EnqueueRequest Asked)
    {
        // Asynchronously: a caller's continuation must not hold up the writer.
        public TaskCompletionSource<IReadOnlyList<EnqueueResult>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
