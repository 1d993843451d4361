using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Carillon.Store;
using Meters = Carillon.Telemetry.Telemetry;

namespace Carillon.Hosting;

/// <summary>
/// Measures what goes through the seam: how long each call takes, jobs accepted, how late schedules fire and what they skip. Every spring
/// and every duty passes here, so nothing else need count it.
/// </summary>
internal sealed partial class MeteredStore(IStore inner) : IStore
{
    private readonly Meter _connections = Meters.WatchConnections(inner.Description, () => inner.Connections is { } seen ? (seen.Used, seen.Max) : null);

    public static IStore Around(IStore store) => new MeteredStore(store);

    public event Action<StoreSignal>? Signalled
    {
        add => inner.Signalled += value;
        remove => inner.Signalled -= value;
    }

    public string Description => inner.Description;

    public bool IsShared => inner.IsShared;

    public StoreConnections? Connections => inner.Connections;

    public ValueTask DisposeAsync()
    {
        _connections.Dispose();
        return inner.DisposeAsync();
    }

    public async Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var results = await TimeAsync("enqueue", Stopwatch.GetTimestamp(), inner.EnqueueAsync(jobs, act, now, cancellationToken));
        Count(jobs, results);
        return results;
    }

    public void Accept(IClaimOffer offer) => inner.Accept(offer);

    public async Task<IJoinedStore> JoinAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
        new MeteredJoin(await inner.JoinAsync(transaction, cancellationToken));

    public TimeSpan Ahead => inner.Ahead;

    public async Task<IReadOnlyList<FireResult>> FireAheadAsync(IReadOnlyList<Firing> firings, DateTimeOffset at, CancellationToken cancellationToken) =>
        Fired(firings, await TimeAsync("fire ahead", Stopwatch.GetTimestamp(), inner.FireAheadAsync(firings, at, cancellationToken)), at);

    public async Task<IReadOnlyList<FireResult>> FireAsync(IReadOnlyList<Firing> firings, DateTimeOffset now, CancellationToken cancellationToken) =>
        Fired(firings, await TimeAsync("fire", Stopwatch.GetTimestamp(), inner.FireAsync(firings, now, cancellationToken)), now);

    private static IReadOnlyList<FireResult> Fired(IReadOnlyList<Firing> firings, IReadOnlyList<FireResult> results, DateTimeOffset now)
    {
        foreach (var (firing, result) in firings.Zip(results).Where(pair => pair.Second.IsApplied))
        {
            // Where some were skipped by overlap, it was the later ones.
            var made = firing.Jobs.Take(result.Made).ToList();
            Sent(made);
            made.ForEach(job => Meters.ScheduleLateness.Record(Math.Max(0, (now - (job.ScheduledAt ?? now)).TotalSeconds), Tag("carillon.handler", job.Handler)));
            Skipped(firing, result);
        }

        return results;
    }

    private static void Count(IReadOnlyList<NewJob> jobs, IReadOnlyList<EnqueueResult> results)
    {
        if (Meters.Sent.Enabled && results.All(result => result.Status != EnqueueStatus.UnknownDependency))
        {
            Sent(jobs.Where((_, place) => results[place].Status != EnqueueStatus.Existing));
        }
    }

    private static void Sent(IEnumerable<NewJob> jobs)
    {
        foreach (var group in jobs.GroupBy(job => (job.Queue, job.Handler)))
        {
            Meters.Sent.Add(group.Count(), Tag("messaging.destination.name", group.Key.Queue), Tag("carillon.handler", group.Key.Handler));
        }
    }

    private static void Skipped(Firing firing, FireResult result)
    {
        if (result.SkippedByOverlap > 0)
        {
            Meters.ScheduleSkipped.Add(result.SkippedByOverlap, Tag("carillon.reason", "overlap"));
        }

        foreach (var fact in firing.Facts.Where(fact => fact.Kind == JournalKinds.Skipped))
        {
            using var data = JsonDocument.Parse(fact.Data);
            Meters.ScheduleSkipped.Add(data.RootElement.GetProperty("count").GetInt64(), Tag("carillon.reason", data.RootElement.GetProperty("reason").GetString()));
        }
    }

    private static Task<T> TimeAsync<T>(string call, long began, Task<T> running) => Meters.StoreDuration.Enabled ? AwaitAsync(call, began, running) : running;

    private static async Task<T> AwaitAsync<T>(string call, long began, Task<T> running)
    {
        try
        {
            return await running;
        }
        finally
        {
            Record(call, began, running);
        }
    }

    private static async Task TimeAsync(string call, long began, Task running)
    {
        try
        {
            await running;
        }
        finally
        {
            Record(call, began, running);
        }
    }

    private static void Record(string call, long began, Task running)
    {
        var tags = new TagList { { "carillon.store.call", call } };
        if (running.Exception?.InnerException is { } error)
        {
            tags.Add("error.type", error.GetType().Name);
        }

        Meters.StoreDuration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, tags);
    }

    // Counted when it is written: whether the user commits is not told here.
    private sealed class MeteredJoin(IJoinedStore inner) : IJoinedStore
    {
        public async Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now, CancellationToken cancellationToken)
        {
            var results = await TimeAsync("enqueue in transaction", Stopwatch.GetTimestamp(), inner.EnqueueAsync(jobs, act, now, cancellationToken));
            Count(jobs, results);
            return results;
        }

        public Task<bool> FinishAsync(Finish finish, DateTimeOffset now, CancellationToken cancellationToken) =>
            TimeAsync("finish in transaction", Stopwatch.GetTimestamp(), inner.FinishAsync(finish, now, cancellationToken));
    }

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);
}
