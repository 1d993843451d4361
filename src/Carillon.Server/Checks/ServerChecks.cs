using System.Text.Json;
using Carillon.Language;
using Carillon.Server.Cli;
using Carillon.Server.Verbs;

namespace Carillon.Server.Checks;

/// <summary>What a running server tells about itself.</summary>
internal static class ServerChecks
{
    private static readonly TimeSpan LargeOffset = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<Finding>> LookAsync(Api api, JsonElement status, TimeProvider clock, CancellationToken cancellationToken)
    {
        List<Finding> findings = [Clock(status, clock), Nodes(status)];
        findings.AddRange(Queues(await api.GetAsync(Query.Of("api/v1/queues", ("limit", 200)), cancellationToken)));
        var handlers = await api.GetAsync(Query.Of("api/v1/handlers", ("limit", 200)), cancellationToken);
        findings.AddRange(await SchedulesAsync(api, handlers.Items("items").Select(handler => handler.Text("name")!).ToHashSet(StringComparer.Ordinal), cancellationToken));
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

    private static Finding Nodes(JsonElement status)
    {
        var (nodes, leader) = (status.Text("nodes") ?? "0", status.Text("leaderInstance"));
        return leader is null
            ? new Finding(Severity.Warning, "nodes", $"{nodes} live, and none leads at this moment", "Look again in 20 s; if it stays so, the server's log says why.")
            : new Finding(Severity.Ok, "nodes", $"{nodes} live, {leader} leads");
    }

    private static IEnumerable<Finding> Queues(JsonElement queues)
    {
        foreach (var queue in queues.Items("items"))
        {
            var name = $"queue {queue.Text("name")}";
            if (queue.Text("paused") == "true")
            {
                yield return new Finding(Severity.Warning, name, $"is paused by {queue.Text("pausedBy")}{(queue.Text("pauseReason") is { } reason ? $": {reason}" : "")}; {queue.Text("pending")} jobs wait",
                    $"carillon queue resume {queue.Text("name")}");
            }

            if (queue.Text("dead") is { } dead and not "0")
            {
                yield return new Finding(Severity.Warning, name, $"has {dead} dead jobs", $"carillon job list --state dead --queue {queue.Text("name")}, then carillon explain job ID");
            }
        }
    }

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
