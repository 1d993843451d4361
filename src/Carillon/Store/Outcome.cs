namespace Carillon.Store;

/// <summary>How an attempt ended. A handler may return one; returning nothing is <see cref="Succeeded"/>, throwing is decided by the retry policy.</summary>
public abstract record Outcome
{
    private Outcome() { }

    /// <summary>The work is done.</summary>
    /// <param name="Result">The handler's result as JSON.</param>
    public sealed record Succeeded(string? Result = null) : Outcome
    {
        /// <summary>Follow-ups, written in the same transaction as the end.</summary>
        public IReadOnlyList<NewJob> Then { get; init; } = [];
    }

    /// <summary>Failed; runs again at <paramref name="RunAt"/>.</summary>
    /// <param name="RunAt">Not before this instant.</param>
    /// <param name="Error">What went wrong.</param>
    public sealed record Retry(DateTimeOffset RunAt, string Error) : Outcome;

    /// <summary>Runs again at <paramref name="RunAt"/>; uses no attempt. Shutdown releases a job with this.</summary>
    /// <param name="RunAt">Not before this instant.</param>
    public sealed record Snoozed(DateTimeOffset RunAt) : Outcome;

    /// <summary>Will not run again by itself.</summary>
    /// <param name="Reason"><c>attempts</c>, <c>error</c>, <c>poison</c>.</param>
    /// <param name="Error">What went wrong.</param>
    public sealed record Dead(string Reason, string Error) : Outcome;

    /// <summary>Stopped on request.</summary>
    /// <param name="Reason"><c>user</c>, <c>expired</c>, <c>overlap</c>, <c>dependency</c>.</param>
    public sealed record Cancelled(string Reason) : Outcome;
}
