namespace Carillon.Tests.Simulation;

/// <summary>What goes wrong in a run, each a share of calls or steps.</summary>
internal sealed record Faults
{
    /// <summary>A store call fails before it did anything.</summary>
    public double LostRequest { get; init; } = 0.03;

    /// <summary>A store call does its work and its answer is lost.</summary>
    public double LostReply { get; init; } = 0.03;

    /// <summary>A node stands still for longer than a lease before a step.</summary>
    public double Stall { get; init; } = 0.004;

    /// <summary>A node dies before a step; another one takes its place later.</summary>
    public double Crash { get; init; } = 0.004;

    /// <summary>Each node's clock is off by up to this much, either way.</summary>
    public TimeSpan Skew { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Takes the fence away: an end is accepted whoever brings it. For the self-check only.</summary>
    public bool IsFenceRemoved { get; init; }

    /// <summary>Every fourth call fails, before or after its effect, and nodes still die and stand still.</summary>
    public static Faults UnknownOutcomes { get; } = new() { LostRequest = 0.12, LostReply = 0.13 };

    public static Faults None { get; } = new() { LostRequest = 0, LostReply = 0, Stall = 0, Crash = 0, Skew = TimeSpan.Zero };
}
