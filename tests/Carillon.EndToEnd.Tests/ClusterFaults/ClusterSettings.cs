using System.Globalization;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>How a cluster of a fault test is made.</summary>
internal sealed record ClusterSettings
{
    public int Nodes { get; init; } = 3;

    /// <summary>Jobs of clients in a second.</summary>
    public int JobsPerSecond { get; init; } = 100;

    /// <summary>Schedules that fire each second, or nearly.</summary>
    public int Schedules { get; init; } = 20;

    public TimeSpan? Lease { get; init; }

    /// <summary>What every node's process has in its environment besides.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Further arguments of a node, by its place.</summary>
    public Func<int, string[]> ArgumentsOf { get; init; } = static _ => [];

    /// <summary>The wall clock of a node, by its place; null for the machine's.</summary>
    public Func<int, FakeClock?> ClockOf { get; init; } = static _ => null;

    /// <summary>Where a node's program stands, by its place; null for the one that was built.</summary>
    public Func<int, string?> ProgramOf { get; init; } = static _ => null;

    /// <summary>How a node is started: on its store, for the oracle, with further arguments.</summary>
    public Func<string, string, string[], ServerStart> Start { get; init; } = ServerStart.Host;

    /// <summary>The handler of the load and of the schedules.</summary>
    public string Handler { get; init; } = "work";

    /// <summary>Its arguments for a job that takes so many milliseconds.</summary>
    public Func<int, string> ArgsOf { get; init; } = static ms => string.Create(CultureInfo.InvariantCulture, $$"""{"ms":{{ms}}}""");

    /// <summary>All servers of the database, with commas, without wires; null for the one server behind each node's wire.</summary>
    public string? Hosts { get; init; }

    /// <summary>Whom the nodes log in as.</summary>
    public string User { get; init; } = "carillon";
}
