using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Scheduling;

/// <summary>Fires the schedules that are due. Any number of nodes may do it at once: each instant is moved on by compare-and-set.</summary>
internal sealed partial class ScheduleStep(IStore store, TimeProvider clock, Chance chance, JobIds ids, ILogger<ScheduleStep> logger)
{
    private const int Batch = 500;

    // More at one instant go together when it has come.
    private const int MostAhead = 20;

    // A node that only ever comes second must not spin until the first one is done.
    private static readonly TimeSpan PauseWhenSecond = TimeSpan.FromMilliseconds(100);
    private readonly Timetables _timetables = new();
    private DateTimeOffset _aheadOf;

    /// <summary>Fires all that is due, and what is due in a moment as far as the store can. Returns when to come again; null when nothing is ahead.</summary>
    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (next, isInstant) = await FireDueAsync(cancellationToken);
            if (next is not { } at || !isInstant || at <= _aheadOf || store.Ahead == TimeSpan.Zero) return next;
            if (at - clock.GetUtcNow() > store.Ahead) return at - store.Ahead;
            _aheadOf = at;
            await FireAheadAsync(at, cancellationToken);
        }
    }

    /// <summary>The next instant of any schedule, null when there is none; or when to try again what another node is about to fire.</summary>
    private async Task<(DateTimeOffset? Next, bool IsInstant)> FireDueAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? next = null;
        while (true)
        {
            var now = clock.GetUtcNow();
            var due = await store.ListDueAsync(now, Batch, cancellationToken);
            if (due.Schedules.Count == 0) return (Earlier(next, due.NextAt), true);
            var (handled, nextAt) = await FireAsync(due.Schedules, now, cancellationToken);
            next = Earlier(next, nextAt);
            if (handled == 0) return (Earlier(Earlier(next, due.NextAt), now + PauseWhenSecond), false);
            if (handled == due.Schedules.Count && due.Schedules.Count < Batch) return (Earlier(next, due.NextAt), true);
        }
    }

    /// <summary>How many of the schedules are not due any more, and the earliest of their next instants.</summary>
    private async Task<(int Handled, DateTimeOffset? NextAt)> FireAsync(IReadOnlyList<Schedule> due, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var firings = new List<Firing>(due.Count);
        var handled = 0;
        foreach (var schedule in due)
        {
            if (TryDecide(schedule, now, out var error) is { } firing) firings.Add(firing);
            else if (await SetAsideAsync(schedule, error, now, cancellationToken)) handled++;
        }

        if (firings.Count == 0) return (handled, null);
        var results = await store.FireAsync(firings, now, cancellationToken);
        DateTimeOffset? nextAt = null;
        for (var i = 0; i < firings.Count; i++)
        {
            if (!results[i].IsApplied) continue;
            handled++;
            nextAt = Earlier(nextAt, firings[i].NextAt);
            Tell(firings[i], results[i]);
        }

        return (handled, nextAt);
    }

    // The commit is over when the instant comes, and the job begins by the clock alone. Whatever is not simple, or broken, waits for its instant.
    private async Task FireAheadAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var due = await store.ListDueAsync(at, MostAhead + 1, cancellationToken);
        var firings = due.Schedules.Select(schedule => TryDecide(schedule, at, out _)).OfType<Firing>().ToList();
        if (firings.Count is 0 or > MostAhead) return;
        var results = await store.FireAheadAsync(firings, at, cancellationToken);
        foreach (var (firing, result) in firings.Zip(results).Where(pair => pair.Second.IsApplied)) Tell(firing, result);
    }

    private Firing? TryDecide(Schedule schedule, DateTimeOffset now, out string? error)
    {
        if (_timetables.Read(schedule, out error) is not { } timetable) return null;
        try
        {
            return FireRule.Decide(schedule, timetable, now, chance, ids);
        }
        catch (InvalidOperationException exception)
        {
            // The language's own check broke. One such schedule must not keep the others from firing.
            error = exception.Message;
            return null;
        }
    }

    /// <summary>A schedule that this version cannot read is paused with the reason, for a person to see; it never falls back to another meaning.</summary>
    private async Task<bool> SetAsideAsync(Schedule schedule, string? error, DateTimeOffset now, CancellationToken cancellationToken)
    {
        LogSetAside(schedule.Name, error);
        var paused = ScheduleDraft.Pause(schedule, error, "carillon") with { UpdatedAt = now };
        return await store.PutSchedulesAsync([paused], new Act("carillon", "engine", "schedule.pause"), now, cancellationToken);
    }

    private void Tell(Firing firing, FireResult result)
    {
        // Where some were skipped by overlap, it was the later ones.
        foreach (var job in firing.Jobs.Take(result.Made)) LogDispatched(job.Id, firing.Schedule, job.ScheduledAt);
        if (result.SkippedByOverlap > 0) LogOverlap(firing.Schedule, result.SkippedByOverlap);
        foreach (var fact in firing.Facts.Where(fact => fact.Kind == JournalKinds.Skipped)) LogSkipped(firing.Schedule, fact.Data);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    [LoggerMessage(1100, LogLevel.Information, "Dispatched job {Job} of schedule {Schedule} for {ScheduledAt:O}")]
    private partial void LogDispatched(Guid job, string schedule, DateTimeOffset? scheduledAt);

    [LoggerMessage(1101, LogLevel.Information, "Schedule {Schedule} skipped {Count} instants because its last job has not ended")]
    private partial void LogOverlap(string schedule, int count);

    [LoggerMessage(1102, LogLevel.Warning, "Schedule {Schedule} skipped instants: {Particulars}")]
    private partial void LogSkipped(string schedule, string particulars);

    [LoggerMessage(1103, LogLevel.Error, "Schedule {Schedule} cannot be read and is paused: {Error}")]
    private partial void LogSetAside(string schedule, string? error);
}
