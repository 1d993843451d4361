using System.Text.Json.Nodes;
using Carillon.Store;

namespace Carillon.Jobs;

/// <summary>The journal's entry of jobs that a person handed in: about the job where it is one, about its queue where they are many.</summary>
internal static class EnqueueFact
{
    public static JournalEntry Of(IReadOnlyList<NewJob> jobs, Act act, DateTimeOffset now) => new()
    {
        Subject = jobs.Count == 1 ? Subject.Of(jobs[0].Id) : new Subject(SubjectKind.Queue, jobs[0].Queue),
        Kind = JournalKinds.Act,
        At = now,
        Who = act.Who,
        From = act.From,
        Data = new JsonObject { ["act"] = act.What, ["after"] = jobs.Count == 1 ? One(jobs[0]) : Many(jobs) }.ToJsonString(),
    };

    // Without the arguments: they stand in the job, and go with it.
    private static JsonObject One(NewJob job)
    {
        var after = new JsonObject { ["handler"] = job.Handler, ["queue"] = job.Queue };
        if (job.Key is { } key)
        {
            after["key"] = key;
        }

        return after;
    }

    // A thousand ids would be 38 kB; those of one call follow one another.
    private static JsonObject Many(IReadOnlyList<NewJob> jobs) => new()
    {
        ["count"] = jobs.Count,
        ["firstJob"] = jobs[0].Id,
        ["lastJob"] = jobs[^1].Id,
        ["handlers"] = Names(jobs.Select(job => job.Handler)),
        ["queues"] = Names(jobs.Select(job => job.Queue)),
    };

    private static JsonArray Names(IEnumerable<string> names) => [.. names.Distinct(StringComparer.Ordinal).Select(name => JsonValue.Create(name))];
}
