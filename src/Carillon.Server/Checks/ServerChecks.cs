using System.Text.Json;
using Carillon.Language;
using Carillon.Server.Cli;
using Carillon.Server.Verbs;

namespace Carillon.Server.Checks;

/// <summary>What a running server tells about itself.</summary>
internal static class ServerChecks
{
    private const int MaxPages = 10;
    private static readonly TimeSpan LargeOffset = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<Finding>> LookAsync(Api api, JsonElement status, TimeProvider clock, CancellationToken cancellationToken)
    {
        var nodes = (await api.GetAsync(Query.Of("api/v1/nodes", ("limit", 200)), cancellationToken)).Items("items").ToList();
        var queues = await api.GetAsync(Query.Of("api/v1/queues", ("limit", 200)), cancellationToken);
        List<Finding> findings = [Clock(status, clock), .. NodeChecks.Look(status, nodes), .. NodeChecks.Unserved(nodes, queues)];
        findings.AddRange(Connections(status));
        findings.AddRange(Queues(queues));
        var handlers = await api.GetAsync(Query.Of("api/v1/handlers", ("limit", 200)), cancellationToken);
        var known = handlers.Items("items").Select(handler => handler.Text("name")!).ToHashSet(StringComparer.Ordinal);
        findings.AddRange(await SchedulesAsync(api, known, cancellationToken));
        findings.AddRange(await JobsAsync(api, known, cancellationToken));
        return findings;
    }

    private static Finding Clock(JsonElement status, TimeProvider clock)
    {
        var offset = Durations.TryParse(status.Text("clockOffset")?.TrimStart('-'), out var parsed, out _) ? parsed : TimeSpan.Zero;
        var here = DateTimeOffset.TryParse(status.Text("now"), System.Globalization.CultureInfo.InvariantCulture, out var there) ? (clock.GetUtcNow() - there).Duration() : TimeSpan.Zero;
        if (offset > LargeOffset)
        {
            return new Finding(Severity.Warning, "clock", $"the node's clock differs from its store's by {status.Text("clockOffset")}", "Let a time service keep it: timedatectl set-ntp true");
        }

        return here > TimeSpan.FromSeconds(5)
            ? new Finding(Severity.Warning, "clock", $"this machine's clock and the server's differ by {here.TotalSeconds:0} s", "Let a time service keep both: timedatectl set-ntp true")
            : new Finding(Severity.Ok, "clock", "agrees with the store's");
    }

    // Taken at one moment: a pool that is full just then may be only busy.
    private static IEnumerable<Finding> Connections(JsonElement status)
    {
        if (status.Member("storeConnections") is { ValueKind: JsonValueKind.Object } connections && connections.TryGetProperty("used", out var used) && connections.TryGetProperty("max", out var max))
        {
            yield return used.GetInt32() < max.GetInt32()
                ? new Finding(Severity.Ok, "connections", $"{used} of {max} to the store's database are in use")
                : new Finding(Severity.Warning, "connections", $"all {max} to the store's database are in use, so calls wait for one", "Look again; if it stays so, raise DATABASE_MAX_CONNECTIONS.");
        }
    }

    private static IEnumerable<Finding> Queues(JsonElement queues)
    {
        foreach (var queue in queues.Items("items"))
        {
            var name = $"queue {queue.Text("name")}";
            if (queue.Text("paused") == "true")
            {
                yield return new Finding(Severity.Warning, name, $"is paused by {queue.Text("pausedBy")}{(queue.Text("pauseReason") is { } reason ? $": {reason}" : "")}; {Waiting(queue.Text("pending"))}",
                    $"carillon queue resume {queue.Text("name")}");
            }

            if (queue.Text("dead") is { } dead and not "0")
            {
                yield return new Finding(Severity.Warning, name, $"has {dead} dead {(dead == "1" ? "job" : "jobs")}", $"carillon job list --state dead --queue {queue.Text("name")}, then carillon explain job ID");
            }
        }
    }

    private static string Waiting(string? count) => count == "1" ? "1 job waits" : $"{count} jobs wait";

    private static async Task<IReadOnlyList<Finding>> SchedulesAsync(Api api, IReadOnlySet<string> handlers, CancellationToken cancellationToken)
    {
        List<Finding> findings = [];
        var count = 0;
        string? cursor = null;
        do
        {
            var page = await api.GetAsync(Query.Of(ScheduleVerbs.Path, ("limit", 200), ("cursor", cursor)), cancellationToken);
            foreach (var schedule in page.Items("items"))
            {
                count++;
                findings.AddRange(Schedule(schedule, handlers));
            }

            cursor = page.Text("next");
        }
        while (cursor is not null);
        findings.Add(new Finding(Severity.Ok, "schedules", $"{count} looked at"));
        return findings;
    }

    private static async Task<IEnumerable<Finding>> JobsAsync(Api api, IReadOnlySet<string> handlers, CancellationToken cancellationToken)
    {
        List<string> orphans = [];
        string? cursor = null;
        for (var pages = 0; pages == 0 || (cursor is not null && pages < MaxPages); pages++)
        {
            var page = await api.GetAsync(Query.Of(JobVerbs.Path, ("state", "pending"), ("limit", 200), ("cursor", cursor)), cancellationToken);
            orphans.AddRange(page.Items("items").Select(job => job.Text("handler") ?? "").Where(handler => !handlers.Contains(handler)));
            cursor = page.Text("next");
        }

        return orphans.GroupBy(handler => handler, StringComparer.Ordinal).Select(jobs => new Finding(
            Severity.Warning, $"handler {jobs.Key}", $"is on no live node, and {(cursor is null ? "" : "at least ")}{Counted.Of(jobs.Count(), "pending job")} cannot begin without it",
            $"Start a node that has it, or cancel them: carillon job list --handler '{jobs.Key}' --state pending{Meant(jobs.Key, handlers)}"));
    }

    private static string Meant(string handler, IReadOnlySet<string> handlers) => Spelling.Nearest(handler, handlers) is { } known ? $" (did you mean {known}?)" : "";

    private static IEnumerable<Finding> Schedule(JsonElement schedule, IReadOnlySet<string> handlers)
    {
        var (name, handler) = ($"schedule {schedule.Text("name")}", schedule.Text("handler") ?? "");
        if (!handlers.Contains(handler))
        {
            var nearest = Spelling.Nearest(handler, handlers) is { } known ? $" Did you mean {known}?" : "";
            yield return new Finding(Severity.Warning, name, $"no live node has its handler '{handler}', so its jobs wait", $"Start a node that has it, or change the schedule.{nearest}");
        }

        if (schedule.Text("enabled") == "false" && schedule.Text("pausedBy") is { } by)
        {
            yield return new Finding(Severity.Warning, name, $"is paused by {by}{(schedule.Text("pauseReason") is { } reason ? $": {reason}" : "")}", $"carillon schedule resume '{schedule.Text("name")}'");
        }
    }
}
