using System.Text.Json;
using Carillon.Store;

namespace Carillon.Insights;

/// <summary>Explains one job from its row, its journal and what holds it back: pure.</summary>
internal static class JobExplanation
{
    public static Explanation Of(Job job, IReadOnlyList<JournalEntry> journal, WaitReason? wait)
    {
        var (at, answer) = Answer(job, journal, wait);
        return Explanation.Of(answer, at, [.. Origin(job, Act(journal, "job.enqueue")), .. journal.SelectMany(Facts).OrderBy(fact => fact.At), .. End(job)]);
    }

    private static (DateTimeOffset? At, string Text) Answer(Job job, IReadOnlyList<JournalEntry> journal, WaitReason? wait) => job.State switch
    {
        JobState.Succeeded => (job.FinishedAt, $"It ran on node {job.Node} and succeeded at {Wording.Instant(job.FinishedAt!.Value)}{Took(job)}{(job.Attempt > 1 ? $", at attempt {job.Attempt}" : "")}."),
        JobState.Running => (job.StartedAt, $"It runs on node {job.Node} since {Wording.Instant(job.StartedAt!.Value)} (attempt {job.Attempt}){Stopping(job, journal)}."),
        JobState.Waiting => (null, $"It waits: it {wait?.Detail ?? "waits for other jobs to end"}."),
        JobState.Pending => (job.RunAt, Pending(job, wait)),
        JobState.Dead => (job.FinishedAt, Dead(job)),
        _ => (job.FinishedAt, Cancelled(job, journal)),
    };

    private static string Pending(Job job, WaitReason? wait)
    {
        if (wait is null)
        {
            return $"It is due since {Wording.Instant(job.RunAt)} and will be begun as soon as a node takes it; nothing holds it back.";
        }

        if (wait.Reason != WaitReason.NotDue)
        {
            return $"It has not begun: {wait.Reason} — {wait.Detail}.";
        }

        return job.Attempt > 0
            ? $"It failed {Wording.Times(job.Attempt)} and is retried at {Wording.Instant(job.RunAt)}; the last error was: {Wording.Error(job.Error)}"
            : $"It is not due yet: it runs at {Wording.Instant(job.RunAt)}.";
    }

    private static string Dead(Job job) => job.Reason switch
    {
        "poison" => $"It was quarantined at {Wording.Instant(job.FinishedAt!.Value)}: {job.OwnerLosses} nodes in a row were lost while they had it, so it is kept from taking a further one down. Find out what it does to its process, then retry it.",
        "attempts" => $"It is dead: attempt {job.Attempt}, the last one, failed at {Wording.Instant(job.FinishedAt!.Value)}: {Wording.Error(job.Error)} Retry it once the cause is mended.",
        "arguments" => $"It is dead: its handler cannot read its arguments, so no retry helps: {Wording.Error(job.Error)} Enqueue it anew with arguments that fit.",
        "error" => $"It is dead: it failed with an error that its handler does not retry: {Wording.Error(job.Error)} Retry it once the cause is mended.",
        _ => $"It is dead ({job.Reason ?? "no reason given"}): {Wording.Error(job.Error)}",
    };

    private static string Cancelled(Job job, IReadOnlyList<JournalEntry> journal) => job.Reason switch
    {
        "user" when Act(journal, "job.cancel") is { } act => $"It was cancelled by {Wording.Actor(act)} at {Wording.Instant(act.At)}.",
        "expired" => $"It was cancelled because it had not begun by {(job.ExpiresAt is { } by ? Wording.Instant(by) : "its expiry")}.",
        "overlap" => $"It was cancelled because the schedule '{job.Schedule}' came to its next instant, and its overlap policy is cancelPrevious.",
        "dependency" => "It was cancelled because a job that it waits for did not succeed.",
        _ => $"It was cancelled at {Wording.Instant(job.FinishedAt!.Value)} ({job.Reason ?? "no reason given"}).",
    };

    private static string Stopping(Job job, IReadOnlyList<JournalEntry> journal) => job.CancelReason is null
        ? ""
        : $"; it was asked to stop{(Act(journal, "job.cancel") is { } act ? $" by {Wording.Actor(act)} at {Wording.Instant(act.At)}" : $" ({job.CancelReason})")}";

    private static string Took(Job job) => job is { StartedAt: { } started, FinishedAt: { } finished } ? $" after {Wording.Span(finished - started)}" : "";

    private static IEnumerable<ExplainedFact> Origin(Job job, JournalEntry? act)
    {
        var made = job.Schedule is null ? act is null ? "It was enqueued" : $"{Wording.Actor(act)} enqueued it"
            : job.Tags.Contains("manual") ? $"The schedule '{job.Schedule}' was triggered by hand and made it"
            : job.Tags.Contains("backfill") ? $"The schedule '{job.Schedule}' was backfilled, and this job made for its instant {Wording.Instant(job.ScheduledAt)}"
            : $"The schedule '{job.Schedule}' made it for its instant {Wording.Instant(job.ScheduledAt)}";
        yield return new ExplainedFact(job.CreatedAt, $"{made}, for the handler '{job.Handler}' on the queue '{job.Queue}'.");
        if (job.ScheduledAt > job.CreatedAt && job.Schedule is null)
        {
            yield return new ExplainedFact(job.ScheduledAt, "It was asked to run no earlier than this.");
        }
    }

    private static IEnumerable<ExplainedFact> Facts(JournalEntry entry) => entry.Kind switch
    {
        JournalKinds.Attempt when JsonSerializer.Deserialize(entry.Data, StoreJson.Default.AttemptFact) is { } fact => fact.State == "owner lost" ? Lost(fact) : [Attempt(fact)],
        JournalKinds.Act when Wording.Verb(entry) != "job.enqueue" => [new ExplainedFact(entry.At, $"{Wording.Actor(entry)} {Wording.Did(Wording.Verb(entry))}.")],
        _ => [],
    };

    // A node takes jobs ahead of its free slots and writes nothing when it begins one: a node that is gone cannot say which of them had begun.
    private static IEnumerable<ExplainedFact> Lost(AttemptFact fact)
    {
        var claimed = "";
        if (fact.StartedAt is { } at)
        {
            claimed = $"claimed at {Wording.Instant(at)}; ";
            yield return new ExplainedFact(at, $"Node {fact.Node} claimed it for attempt {fact.Attempt}.");
        }

        yield return new ExplainedFact(fact.EndedAt, $"Node {fact.Node} was lost while it had the job ({claimed}it may or may not have begun); the attempt does not count.");
    }

    private static ExplainedFact Attempt(AttemptFact fact)
    {
        var took = fact.StartedAt is { } started ? $" after {Wording.Span(fact.EndedAt - started)}" : "";
        var text = fact.State switch
        {
            "snoozed" => $"Attempt {fact.Attempt} on node {fact.Node} gave the job back{took}, to run again later; the attempt does not count.",
            "cancelled" => $"Attempt {fact.Attempt} on node {fact.Node} was stopped{took} ({fact.Reason}).",
            "dead" => $"Attempt {fact.Attempt} on node {fact.Node} failed{took}, for good ({fact.Reason}): {Wording.Error(fact.Error)}",
            _ => $"Attempt {fact.Attempt} on node {fact.Node} failed{took}: {Wording.Error(fact.Error)}",
        };
        return new ExplainedFact(fact.EndedAt, text);
    }

    private static IEnumerable<ExplainedFact> End(Job job) => job switch
    {
        { State: JobState.Running, StartedAt: { } started } => [new ExplainedFact(started, $"Node {job.Node} claimed it for attempt {job.Attempt}{(job.Progress is { } progress ? $"; it reports {progress:0.#} %" : "")}.")],
        { State: JobState.Succeeded, StartedAt: { } began, FinishedAt: { } ended } =>
            [new ExplainedFact(began, $"Node {job.Node} began attempt {job.Attempt}."), new ExplainedFact(ended, "It succeeded.")],
        { IsEnded: true, FinishedAt: { } finished } => [new ExplainedFact(finished, $"It ended as {job.State} ({job.Reason}).")],
        { State: JobState.Pending } => [new ExplainedFact(job.RunAt, "It is due.")],
        _ => [],
    };

    private static JournalEntry? Act(IReadOnlyList<JournalEntry> journal, string verb) => journal.LastOrDefault(entry => Wording.Verb(entry) == verb);
}
