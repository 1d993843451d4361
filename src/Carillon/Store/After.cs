namespace Carillon.Store;

/// <summary>When a dependency counts as met.</summary>
public enum AfterCondition
{
    /// <summary>Only when the other job succeeded; else this one is cancelled with the reason <c>dependency</c>.</summary>
    Success,

    /// <summary>However the other job ends.</summary>
    AnyEnd,
}

/// <summary>"Run after that job."</summary>
/// <param name="Job">The job to wait for; it must exist, live or ended.</param>
/// <param name="Condition">Which end counts.</param>
public sealed record After(Guid Job, AfterCondition Condition = AfterCondition.Success);
