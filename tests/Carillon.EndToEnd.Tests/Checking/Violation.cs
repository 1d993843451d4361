namespace Carillon.EndToEnd.Tests.Checking;

/// <summary>What a checker can find; I1 … I7 are the invariants of docs/reliability.md.</summary>
internal enum Wrong
{
    /// <summary>I1: accepted, and neither ended nor waiting.</summary>
    Lost,

    /// <summary>I1: the fault is over, and it has still not ended.</summary>
    Unfinished,

    /// <summary>I1: said to have succeeded, and its handler never ended.</summary>
    NotDone,

    /// <summary>I2: completed more often than once and once for each lost node.</summary>
    Doubled,

    /// <summary>I3: an instant made no job, and no record says why.</summary>
    Missed,

    /// <summary>I3: an instant made several jobs, or a job stands for an instant that is none.</summary>
    Repeated,

    /// <summary>I3: begun later than the fault allows.</summary>
    Late,

    /// <summary>I4: one claim began twice, or an end counted whose claim was not the last.</summary>
    Fence,

    /// <summary>I5: begun before it was due.</summary>
    Early,

    /// <summary>I6: two jobs of a concurrency key held claims together.</summary>
    Overlapping,

    /// <summary>I7: more attempts than the policy allows.</summary>
    Attempts,
}

/// <summary>Something that must not be.</summary>
internal sealed record Violation(Wrong Kind, string What)
{
    public override string ToString() => $"{Kind}: {What}";
}
