using System.Text.Json.Nodes;

namespace Carillon.Store.Memory;

// How a schedule's instant becomes jobs: once.
internal sealed partial class MemoryStore
{
    public Task<IReadOnlyList<FireResult>> FireAsync(IReadOnlyList<Firing> firings, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<FireResult>>(() => [.. firings.Select(firing => Fire(firing, now))], cancellationToken);

    private FireResult Fire(Firing firing, DateTimeOffset now)
    {
        if (firing.NextAt <= firing.ExpectedNextAt)
        {
            throw new ArgumentException($"Schedule '{firing.Schedule}' cannot move from {firing.ExpectedNextAt:O} to {firing.NextAt:O}; give a later instant, or none.", nameof(firing));
        }

        if (FindFireable(firing) is not { } schedule)
        {
            return new FireResult(IsApplied: false, 0, 0);
        }

        AppendAll(firing.Facts);
        if (firing.Overlap == OverlapPolicy.CancelPrevious)
        {
            // Read anew: one may have ended with the one before it, as its dependent.
            FindLive(firing.ConcurrencyKey).ForEach(job => TryCancel(_jobs[job.Id], "overlap", now));
        }

        var skipped = SplitOverlapping(firing, out var wanted);
        AppendSkipped(firing, skipped, now);
        var made = wanted.Where(job => Enqueue(job, now).Status is EnqueueStatus.Created or EnqueueStatus.Replaced).ToList();
        MoveOn(schedule, firing, made);
        return new FireResult(IsApplied: true, made.Count, skipped.Count);
    }

    private Schedule? FindFireable(Firing firing) =>
        _schedules.GetValueOrDefault(firing.Schedule) is { } schedule
        && (schedule.Id, schedule.Version, schedule.NextAt) == (firing.ScheduleId, firing.Version, firing.ExpectedNextAt)
        && schedule.Mode != ScheduleMode.Paused
            ? schedule
            : null;

    private List<Job> FindLive(string? concurrencyKey) => concurrencyKey is null
        ? []
        : [.. _jobs.Values.Where(job => job.ConcurrencyKey == concurrencyKey && !job.IsEnded).OrderBy(job => job.Id)];

    // Of several, the first finds none alive and the others find the first.
    private List<NewJob> SplitOverlapping(Firing firing, out List<NewJob> wanted)
    {
        var isSkipping = firing.Overlap == OverlapPolicy.Skip && firing.ConcurrencyKey is not null;
        var room = !isSkipping ? firing.Jobs.Count : FindLive(firing.ConcurrencyKey).Count > 0 ? 0 : 1;
        wanted = [.. firing.Jobs.Take(room)];
        return [.. firing.Jobs.Skip(room)];
    }

    private void AppendSkipped(Firing firing, List<NewJob> skipped, DateTimeOffset now)
    {
        if (skipped.Count > 0)
        {
            var instants = skipped.ConvertAll(job => InstantOf(job, firing));
            Append(new JournalEntry
            {
                Subject = SubjectOf(firing.Schedule),
                Kind = JournalKinds.Skipped,
                At = now,
                Data = new JsonObject { ["reason"] = "overlap", ["from"] = instants.Min(), ["to"] = instants.Max(), ["count"] = skipped.Count }.ToJsonString(),
            });
        }
    }

    private static DateTimeOffset InstantOf(NewJob job, Firing firing) => job.ScheduledAt ?? job.RunAt ?? firing.ExpectedNextAt;

    // The version stays: it counts changes of the definition, and NextAt itself is what firings compare. Nobody is woken:
    // the next instant only moves away.
    private void MoveOn(Schedule schedule, Firing firing, List<NewJob> made)
    {
        var firedCount = schedule.FiredCount + made.Count;
        Put(_schedules, schedule.Name, schedule with
        {
            FiredCount = firedCount,
            LastAt = made.Count > 0 ? made.Max(job => InstantOf(job, firing)) : schedule.LastAt,
            NextAt = firedCount >= schedule.MaxCount ? null : firing.NextAt,
        });
    }
}
