using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Checking;

/// <summary>What a run left behind.</summary>
internal sealed record Evidence
{
    /// <summary>What the handlers wrote to the oracle.</summary>
    public required IReadOnlyList<OracleLine> Lines { get; init; }

    /// <summary>The jobs whose acceptance was answered.</summary>
    public required IReadOnlyCollection<Guid> Accepted { get; init; }

    /// <summary>All jobs that the store has in the end; a job that stands there twice is there twice.</summary>
    public required IReadOnlyList<FinalJob> Jobs { get; init; }

    /// <summary>The schedules.</summary>
    public IReadOnlyList<Timetable> Timetables { get; init; } = [];

    /// <summary>The wall clock at an oracle's timestamp.</summary>
    public required Func<long, DateTimeOffset> WallOf { get; init; }
}

/// <summary>What a fault allows.</summary>
/// <param name="LatestStart">An instant's job begins within this.</param>
internal sealed record Bounds(TimeSpan LatestStart)
{
    // The clocks of nodes are set by a round trip to the database, so they are off by part of one.
    public static readonly TimeSpan Unmeasurable = TimeSpan.FromMilliseconds(20);

    /// <summary>A start so much before its instant is not seen.</summary>
    public TimeSpan EarliestStart { get; init; } = Unmeasurable;

    /// <summary>False where jobs may be left waiting.</summary>
    public bool MustFinish { get; init; } = true;
}
