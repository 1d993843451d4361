using System.Text.Json.Nodes;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Scheduling;

// Jobs for instants that went by.
public sealed partial class ScheduleClient
{
    private const int LowerBy = 50;
    private const int CountLimit = 1_000_000;

    /// <summary>
    /// Makes one job for each of the schedule's instants in the range that has none: exactly one, whoever asks and however often, as long as the
    /// jobs of the range are kept (an instant whose job is past its retention counts as having none). The instants are those of the schedule as
    /// it is now. The jobs carry the tag <c>backfill</c>, count neither for the schedule's <c>maxCount</c> nor for its overlap policy, and may run beside its
    /// own. A paused schedule is backfilled too. Null when there is none of that name.
    /// </summary>
    /// <exception cref="InvalidRequestException">
    /// The request has faults; the range has more instants than <see cref="BackfillRequest.Max"/>; the schedule is a shadow, which makes no jobs, or
    /// counts from its jobs' ends and so has no instants of its own. Nothing was made.
    /// </exception>
    public async Task<BackfillResult?> BackfillAsync(string name, BackfillRequest request, Act act, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var now = _clock.GetUtcNow();
        Throw([.. request.Check(now)]);
        if (await GetAsync(name, cancellationToken) is not { } schedule) return null;
        var instants = InstantsOf(schedule, request);

        // In this order: what the schedule has passed by the reading above has its jobs in the store by now.
        var there = await FindMadeAsync(schedule, request, cancellationToken);
        var jobs = instants.Where(instant => !there.ContainsKey(instant)).Select((instant, i) => Backfilled(schedule, instant, i, request, now)).ToList();
        for (var i = 0; i < jobs.Count; i++)
        {
            jobs[i] = jobs[i] with { RunAt = now + (request.Spread * i / jobs.Count) };
        }

        var made = request.IsDryRun ? jobs.ToDictionary(job => job.ScheduledAt!.Value, job => (job.Id, true)) : await MakeAsync(schedule, jobs, act, now, cancellationToken);
        return new BackfillResult([.. instants.Select(instant => made.TryGetValue(instant, out var job) ? new BackfilledInstant(instant, job.Item1, job.Item2) : new BackfilledInstant(instant, there[instant], false))]);
    }

    // Instants that a live schedule has yet to handle are its own; a paused one passes over those that went by when it is resumed.
    private static List<DateTimeOffset> InstantsOf(Schedule schedule, BackfillRequest request)
    {
        if (schedule.Mode == ScheduleMode.Shadow) throw new InvalidRequestException([new Fault("name", schedule.Name, "is a shadow, which makes no jobs; make it live, then backfill it")]);
        var timetable = Timetable.Read(schedule, out var error) ?? throw new InvalidRequestException(error!);
        if (timetable.DelayAfterEnd is not null) throw new InvalidRequestException([new Fault("name", schedule.Name, "counts each instant from the end of the job before, so none went by; enqueue a job instead")]);
        var to = schedule.Mode == ScheduleMode.Live && schedule.NextAt < request.To ? schedule.NextAt.Value : request.To;
        var instants = new List<DateTimeOffset>();
        for (var next = timetable.Next(request.From.AddTicks(-1)); next < to && instants.Count <= request.Max; next = timetable.Next(next.Value)) instants.Add(next.Value);
        if (instants.Count <= request.Max) return instants;
        var count = timetable.Count(request.From.AddTicks(-1), to.AddTicks(-1), CountLimit);
        throw new InvalidRequestException([new Fault("max", $"{request.Max}", $"the range has {(count >= CountLimit ? "at least " : "")}{count} instants; raise max (to 10000 at most), or take the range in parts")]);
    }

    private async Task<Dictionary<DateTimeOffset, Guid>> FindMadeAsync(Schedule schedule, BackfillRequest request, CancellationToken cancellationToken)
    {
        const int page = 200;
        var filter = new JobFilter { Schedule = schedule.Name, ScheduledFrom = request.From, ScheduledTo = request.To };
        var made = new Dictionary<DateTimeOffset, Guid>();
        for (Guid? before = null; ;)
        {
            var jobs = await _store.ListAsync(new JobQuery { Filter = filter, Before = before, Limit = page }, cancellationToken);
            foreach (var job in jobs.Where(job => !job.Tags.Contains("manual"))) made[job.ScheduledAt] = job.Id;
            if (jobs.Count < page) return made;
            before = jobs[^1].Id;
        }
    }

    // Not the schedule's own key: its own instants must not be skipped or wait because of these. Of N keys in turn N jobs run at once.
    private static NewJob Backfilled(Schedule schedule, DateTimeOffset instant, int place, BackfillRequest request, DateTimeOffset now) =>
        FireRule.NewJobOf(schedule, JobIds.Of(schedule.Id, instant), instant) with
        {
            RunAt = now,
            IsDelayed = true,
            Priority = request.Priority ?? Math.Max(JobRules.LeastPriority, schedule.Priority - LowerBy),
            ConcurrencyKey = $"backfill:{schedule.Id:N}:{place % request.Concurrency}",
            Tags = ["backfill"],
        };

    // A batch is one transaction. Where another backfill was faster, the id is there.
    private async Task<Dictionary<DateTimeOffset, (Guid, bool)>> MakeAsync(Schedule schedule, List<NewJob> jobs, Act act, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var made = new Dictionary<DateTimeOffset, (Guid, bool)>();
        foreach (var batch in jobs.Chunk(JobRules.MaxBatch))
        {
            var results = await _store.EnqueueAsync(batch, Recorded(schedule, batch, act, now), now, cancellationToken);
            for (var i = 0; i < batch.Length; i++) made[batch[i].ScheduledAt!.Value] = (results[i].Id, results[i].IsNew);
        }

        return made;
    }

    private static JournalEntry Recorded(Schedule schedule, NewJob[] batch, Act act, DateTimeOffset now) => new()
    {
        Subject = new Subject(SubjectKind.Schedule, schedule.Name),
        Kind = JournalKinds.Act,
        At = now,
        Who = act.Who,
        From = act.From,
        Data = new JsonObject
        {
            ["act"] = act.What,
            ["after"] = new JsonObject { ["from"] = batch[0].ScheduledAt, ["to"] = batch[^1].ScheduledAt, ["count"] = batch.Length },
        }.ToJsonString(),
    };
}
