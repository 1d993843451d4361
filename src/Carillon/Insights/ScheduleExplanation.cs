using System.Text.Json;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.Insights;

/// <summary>Explains one schedule from its row, its journal and its latest jobs: pure.</summary>
internal static class ScheduleExplanation
{
    /// <param name="schedule">The schedule.</param>
    /// <param name="history">Its acts and skipped instants, newest first.</param>
    /// <param name="jobs">Its latest jobs, newest first, each with what it waits for.</param>
    public static Explanation Of(Schedule schedule, IReadOnlyList<JournalEntry> history, IReadOnlyList<(Job Job, WaitReason? Wait)> jobs)
    {
        history = SkippedRuns.Joined(history, [.. jobs.Select(pair => pair.Job.CreatedAt)]);
        var (at, answer) = Answer(schedule, history, jobs);
        var facts = jobs.Select(pair => Fact(pair.Job, pair.Wait, schedule.Zone))
            .Concat(history.Select(entry => Fact(entry, schedule.Zone)).OfType<ExplainedFact>())
            .OrderByDescending(fact => fact.At);
        return Explanation.Of(answer, at, [new ExplainedFact(null, Definition(schedule)), .. facts]);
    }

    /// <summary>A schedule that is not there any more; null when nothing is known of the name.</summary>
    public static Explanation? OfRemoved(string name, IReadOnlyList<JournalEntry> history)
    {
        var removal = history.FirstOrDefault(entry => Wording.Verb(entry) == "schedule.remove");
        var facts = history.Select(entry => Fact(entry, "UTC")).OfType<ExplainedFact>().ToList();
        return facts.Count == 0
            ? null
            : Explanation.Of(
                removal is null ? $"There is no schedule '{name}' now." : $"There is no schedule '{name}' any more: {Wording.Actor(removal)} removed it at {Wording.Instant(removal.At)}.",
                removal?.At, facts);
    }

    private static (DateTimeOffset? At, string Text) Answer(Schedule schedule, IReadOnlyList<JournalEntry> history, IReadOnlyList<(Job Job, WaitReason? Wait)> jobs)
    {
        if (schedule.Mode == ScheduleMode.Paused)
        {
            var pause = history.FirstOrDefault(entry => Wording.Verb(entry) == "schedule.pause");
            var since = pause is null ? "" : $" since {Wording.Instant(pause.At)}";
            return (pause?.At, $"It is paused by {schedule.PausedBy ?? "somebody"}{since}{(schedule.PauseReason is { } reason ? $" ({reason})" : "")}; it makes no job until it is resumed.");
        }

        var verb = schedule.Mode == ScheduleMode.Shadow ? "would fire (it is in shadow mode and runs nothing)" : "fires";
        return schedule.NextAt is { } next
            ? (next, $"It {verb} next at {Wording.Instant(next, schedule.Zone)}. {Last(schedule, history, jobs)}")
            : (null, $"It has no next instant: {NoNext(schedule, jobs)}. {Last(schedule, history, jobs)}");
    }

    private static string NoNext(Schedule schedule, IReadOnlyList<(Job Job, WaitReason? Wait)> jobs)
    {
        if (schedule.FiredCount >= schedule.MaxCount)
        {
            return $"it has made {schedule.FiredCount} jobs, as many as it may (maxCount)";
        }

        if (jobs.FirstOrDefault(pair => pair.Job is { IsEnded: false, ScheduleDelay: not null }).Job is { } live)
        {
            return $"its next instant is counted from the end of job {live.Id}, which is {live.State}";
        }

        return schedule.EndAt is { } end ? $"it ended at {Wording.Instant(end, schedule.Zone)} (endAt)" : "its recurrence has no further instant";
    }

    // The newest of the two decides: a job that was made, or an instant that made none.
    private static string Last(Schedule schedule, IReadOnlyList<JournalEntry> history, IReadOnlyList<(Job Job, WaitReason? Wait)> jobs)
    {
        var skipped = history.FirstOrDefault(entry => entry.Kind == JournalKinds.Skipped);
        if (jobs.Count == 0)
        {
            return skipped is null ? "It has made no job that is still kept." : Fact(skipped, schedule.Zone)!.Text;
        }

        var (job, wait) = jobs[0];
        var last = Fact(job, wait, schedule.Zone).Text;
        return skipped is not null && skipped.At > job.CreatedAt ? $"{Fact(skipped, schedule.Zone)!.Text} Before that: {last}" : last;
    }

    private static string Definition(Schedule schedule)
    {
        var means = Timetable.Read(schedule, out _)?.Explain() ?? schedule.Expression;
        return $"It runs '{schedule.Handler}' {means} ('{schedule.Expression}', zone {schedule.Zone}); misfire {Name(schedule.Misfire)} within {Wording.Span(schedule.MisfireWindow)}, overlap {Name(schedule.Overlap)}{(schedule.Owner is null ? "" : $", owned by {schedule.Owner}")}.";
    }

    private static ExplainedFact Fact(Job job, WaitReason? wait, string zone)
    {
        var end = job.State switch
        {
            JobState.Succeeded => "it succeeded",
            JobState.Running => $"it runs on node {job.Node}",
            JobState.Dead => $"it is dead ({job.Reason}): {Wording.Error(job.Error).TrimEnd('.')}",
            JobState.Cancelled => $"it was cancelled ({job.Reason})",
            _ => wait is null ? "it is about to begin" : $"it waits: {wait.Reason} — {wait.Detail}",
        };
        var what = job.Tags.Contains("manual") ? "It was triggered by hand" : $"Its instant {Wording.Instant(job.ScheduledAt, zone)} made a job";
        return new ExplainedFact(job.CreatedAt, $"{what} ({job.Id}): {end}.");
    }

    private static ExplainedFact? Fact(JournalEntry entry, string zone) => entry.Kind switch
    {
        JournalKinds.Act => new ExplainedFact(entry.At, $"{Wording.Actor(entry)} {Wording.Did(Wording.Verb(entry))}."),
        JournalKinds.Skipped => Skipped(entry, zone),
        _ => null,
    };

    private static ExplainedFact Skipped(JournalEntry entry, string zone)
    {
        using var data = JsonDocument.Parse(entry.Data);
        var root = data.RootElement;
        var (reason, count) = (root.GetProperty("reason").GetString(), root.GetProperty("count").GetInt64());
        var (from, to) = (Wording.Instant(root.GetProperty("from").GetDateTimeOffset(), zone), Wording.Instant(root.GetProperty("to").GetDateTimeOffset(), zone));
        var least = root.TryGetProperty("isAtLeast", out _) ? "At least " : "";
        var which = count == 1 ? $"The instant {from} was skipped" : $"{least}{count} instants from {from} to {to} were skipped";
        return new ExplainedFact(entry.At, $"{which}: {Because(reason)}.");
    }

    private static string Because(string? reason) => reason switch
    {
        "overlap" => "the job before was still live, and the overlap policy is skip",
        SkippedFact.Misfire => "they were missed (no node was there to fire them), and the misfire policy does not catch them up",
        SkippedFact.OutsideWindow => "they were missed for longer than the misfire window",
        SkippedFact.MaxCount => "the schedule has fired as often as it may",
        SkippedFact.Paused => "the schedule was paused",
        SkippedFact.Changed => "the schedule was changed before they were handled",
        _ => reason ?? "no reason given",
    };

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
