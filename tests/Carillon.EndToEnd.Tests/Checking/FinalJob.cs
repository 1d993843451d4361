using Carillon.Store;

namespace Carillon.EndToEnd.Tests.Checking;

/// <summary>How a job stands in the store when all is over.</summary>
/// <param name="Id">The job.</param>
/// <param name="State">Its state.</param>
/// <param name="Token">The token of its last claim.</param>
/// <param name="Attempt">Attempts that counted.</param>
/// <param name="MaxAttempts">As many it may have.</param>
/// <param name="Losses">Nodes lost under it, by its journal.</param>
/// <param name="ScheduledAt">Its nominal instant.</param>
internal sealed record FinalJob(Guid Id, JobState State, long Token, int Attempt, int MaxAttempts, int Losses, DateTimeOffset ScheduledAt)
{
    /// <summary>Why it is dead or cancelled.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Jobs that share it never run together; empty for none.</summary>
    public string ConcurrencyKey { get; init; } = "";

    /// <summary>What made it; empty for a client.</summary>
    public string Schedule { get; init; } = "";

    public bool IsEnded => State is JobState.Succeeded or JobState.Dead or JobState.Cancelled;
}
