using System.Diagnostics;
using System.Globalization;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>
/// How long a cluster took after each death of a node: until the jobs that it had in hand had begun elsewhere, by how much the instants of the
/// second after it were late, and until another led.
/// </summary>
internal sealed class Healing
{
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(1);

    // What the product promises; the middle one of all must keep it however busy the machine is, the last one on a machine of its own.
    private static readonly TimeSpan JobsPromise = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TicksPromise = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaderPromise = TimeSpan.FromSeconds(5);

    // Below this no lease (15 s) has ended: the death was noticed by the connection.
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(10);
    private readonly List<TimeSpan> _jobs = [];
    private readonly List<TimeSpan> _ticks = [];
    private readonly List<TimeSpan> _leaders;

    public Healing(IReadOnlyList<OracleLine> lines, IReadOnlyList<Death> deaths)
    {
        var (wall, now) = (TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());
        _leaders = [.. deaths.Select(death => death.LedAfter).OfType<TimeSpan>()];
        foreach (var death in deaths)
        {
            _jobs.AddRange(BegunAgain(lines, death));
            _ticks.AddRange(lines
                .Where(line => line.What == "start" && line.Token == 1 && line.Schedule.Length > 0 && line.At > death.At && line.Since(death.At) < Around)
                .Select(line => wall - Stopwatch.GetElapsedTime(line.At, now) - line.ScheduledAt).OrderDescending().Take(1));
        }

        ((List<TimeSpan>[])[_jobs, _ticks, _leaders]).ToList().ForEach(times => times.Sort());
    }

    public override string ToString() => string.Join("; ", ((string[])
    [
        _jobs.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{_jobs.Count} jobs in flight began again after {Span(_jobs)}"),
        _ticks.Count == 0 ? "" : $"the latest instant of the second after a kill was late by {Span(_ticks)}",
        _leaders.Count == 0 ? "" : $"another led after {Span(_leaders)}",
    ]).Where(part => part.Length > 0));

    /// <summary>Fails where a promise was not kept.</summary>
    public void Check()
    {
        (List<TimeSpan> Times, TimeSpan Promise, string What)[] all = [(_jobs, JobsPromise, "until a job in flight began again"), (_ticks, TicksPromise, "how late an instant was"), (_leaders, LeaderPromise, "until another led")];
        foreach (var (times, promise, what) in all.Where(one => one.Times.Count > 0))
        {
            Assert.True(times[times.Count / 2] <= promise && times[^1] <= Noticed, $"{what}: {Span(times)}, promised is {promise}");
        }
    }

    // From the kill to the next start of what was running there.
    private static IEnumerable<TimeSpan> BegunAgain(IReadOnlyList<OracleLine> lines, Death death)
    {
        var before = lines.Where(line => line.At < death.At && line.Node == death.Node).ToList();
        var inFlight = before.Where(line => line.What == "start").Select(line => (line.Job, line.Token)).Except(before.Where(line => line.What == "end").Select(line => (line.Job, line.Token)));
        return inFlight.Select(claim => lines.FirstOrDefault(line => line.Job == claim.Job && line.What == "start" && line.Token > claim.Token)).Where(line => line.At > death.At).Select(line => line.Since(death.At));
    }

    private static string Span(List<TimeSpan> sorted) =>
        string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Count / 2].TotalMilliseconds:F0} ms (median), {sorted[^1].TotalMilliseconds:F0} ms at most");
}

/// <summary>A node that was killed then, and how long until another led, if it had led.</summary>
internal sealed record Death(long At, string Node, TimeSpan? LedAfter)
{
    /// <summary><c>kill -9</c> of the member; back once another leads.</summary>
    public static async Task<Death> OfAsync(ClusterOfServers cluster, Member victim, bool wasLeader)
    {
        var at = await victim.KillAsync();
        await (wasLeader ? Poll.UntilAsync(cluster.LeaderAsync, now => now is not null && now != victim, "another leader") : Task.CompletedTask);
        return new Death(at, victim.Node, wasLeader ? Stopwatch.GetElapsedTime(at) : null);
    }
}
