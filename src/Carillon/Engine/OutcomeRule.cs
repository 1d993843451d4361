using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Engine;

/// <summary>Decides how an attempt ended: pure.</summary>
internal static class OutcomeRule
{
    /// <summary>What an attempt failed of that completed its job in a transaction which then came to nothing.</summary>
    public const string NotKept =
        "The handler completed the job in a transaction of its own (CompleteInAsync) and returned, but that transaction was rolled back or never committed. Commit it before returning.";

    private const int MaxErrorLength = 32 * 1024;

    /// <summary>A handler returned: its word stands, but a retry that it asks for obeys the policy's number of attempts.</summary>
    public static Outcome OfReturn(Job job, RetryPolicy policy, Outcome? returned, string? result) => returned switch
    {
        null => new Outcome.Succeeded(result),
        Outcome.Succeeded { Result: null } success => success with { Result = result },
        Outcome.Retry retry when job.Attempt >= policy.Attempts => new Outcome.Dead("attempts", Cut(retry.Error)),
        Outcome.Retry retry => retry with { Error = Cut(retry.Error) },
        Outcome.Dead dead => dead with { Error = Cut(dead.Error) },
        _ => returned,
    };

    /// <summary>A handler threw. Null: the claim is lost, nothing may be written.</summary>
    public static Outcome? OfError(Job job, Exception error, AttemptEnd end) => end.Cause switch
    {
        StopCause.ClaimLost => null,
        StopCause.Shutdown when !IsFinal(error, end) => new Outcome.Snoozed(end.Now),
        StopCause.Cancelled when !IsFinal(error, end) => new Outcome.Cancelled(end.CancelReason),
        StopCause.Timeout when error is OperationCanceledException =>
            end.Policy.Decide(job.Attempt, $"timed out: the attempt ran longer than {end.Timeout}", end.Now, end.Chance),
        _ when error is ArgumentsException => new Outcome.Dead("arguments", Cut(error.Message)),
        _ when end.NeverRetry.Any(type => type.IsInstanceOfType(error)) => new Outcome.Dead("error", Cut(error.ToString())),
        _ => end.Policy.Decide(job.Attempt, Cut(error.ToString()), end.Now, end.Chance),
    };

    /// <summary>How an attempt ended if the transaction in which it completed its job came to nothing: effect and success belong together, so there was none.</summary>
    public static Outcome WithoutCommit(Job job, Outcome outcome, AttemptEnd end) =>
        outcome is Outcome.Succeeded ? end.Policy.Decide(job.Attempt, NotKept, end.Now, end.Chance) : outcome;

    // Whatever else a handler throws once it was asked to stop comes of the stopping: drivers answer a cancelled call with exceptions of their own.
    private static bool IsFinal(Exception error, AttemptEnd end) =>
        error is not OperationCanceledException && (error is ArgumentsException || end.NeverRetry.Any(type => type.IsInstanceOfType(error)));

    private static string Cut(string text) => text.Length <= MaxErrorLength ? text : text[..MaxErrorLength] + "… (cut)";
}

/// <summary>What was true when an attempt threw.</summary>
/// <param name="Cause">Why it had been asked to stop.</param>
/// <param name="CancelReason">Whose wish that was.</param>
/// <param name="Policy">The retry policy in force.</param>
/// <param name="NeverRetry">Exceptions that must not be retried.</param>
/// <param name="Timeout">The time-out in force.</param>
/// <param name="Now">Cluster time.</param>
/// <param name="Chance">For the jitter.</param>
internal readonly record struct AttemptEnd(
    StopCause Cause, string CancelReason, RetryPolicy Policy, IReadOnlyList<Type> NeverRetry, TimeSpan Timeout, DateTimeOffset Now, double Chance);
