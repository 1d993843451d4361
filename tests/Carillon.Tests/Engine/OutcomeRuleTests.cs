using Carillon.Engine;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Tests.Engine;

public sealed class OutcomeRuleTests
{
    private static readonly DateTimeOffset Noon = new(2027, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<StopCause, string, string> Ends => new()
    {
        { StopCause.None, "cancellation", "retry" },
        { StopCause.None, "failure", "retry" },
        { StopCause.None, "arguments", "dead arguments" },
        { StopCause.None, "hopeless", "dead error" },
        { StopCause.Cancelled, "cancellation", "cancelled user" },
        { StopCause.Cancelled, "failure", "cancelled user" },
        { StopCause.Cancelled, "arguments", "dead arguments" },
        { StopCause.Cancelled, "hopeless", "dead error" },
        { StopCause.Timeout, "cancellation", "retry" },
        { StopCause.Timeout, "failure", "retry" },
        { StopCause.Timeout, "arguments", "dead arguments" },
        { StopCause.Timeout, "hopeless", "dead error" },
        { StopCause.Shutdown, "cancellation", "snoozed" },
        { StopCause.Shutdown, "failure", "snoozed" },
        { StopCause.Shutdown, "arguments", "dead arguments" },
        { StopCause.Shutdown, "hopeless", "dead error" },
        { StopCause.ClaimLost, "cancellation", "nothing" },
        { StopCause.ClaimLost, "failure", "nothing" },
        { StopCause.ClaimLost, "arguments", "nothing" },
        { StopCause.ClaimLost, "hopeless", "nothing" },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void An_attempt_that_threw_ends_by_why_it_was_stopped_and_what_it_threw(StopCause cause, string thrown, string end)
    {
        Exception error = thrown switch
        {
            "cancellation" => new OperationCanceledException(),
            "arguments" => new ArgumentsException("no such letter"),
            "hopeless" => new FileNotFoundException("gone"),
            _ => new InvalidOperationException("it failed"),
        };

        var outcome = OutcomeRule.OfError(JobAt(attempt: 1), error, EndBy(cause));

        Assert.Equal(end, Name(outcome));
    }

    [Fact]
    public void The_last_attempt_that_throws_is_dead_for_want_of_attempts()
    {
        var outcome = OutcomeRule.OfError(JobAt(attempt: 3), new InvalidOperationException("it failed"), EndBy(StopCause.None));

        Assert.Equal("dead attempts", Name(outcome));
    }

    [Fact]
    public void An_attempt_that_ran_too_long_says_how_long_it_might_have()
    {
        var outcome = Assert.IsType<Outcome.Retry>(OutcomeRule.OfError(JobAt(1), new OperationCanceledException(), EndBy(StopCause.Timeout)));

        Assert.Contains("00:01:30", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Returning_nothing_is_success_with_the_result_that_was_kept()
    {
        var outcome = OutcomeRule.OfReturn(JobAt(1), new RetryPolicy(), null, "42");

        Assert.Equal(new Outcome.Succeeded("42"), outcome);
    }

    [Fact]
    public void A_success_with_a_result_of_its_own_keeps_that()
    {
        var outcome = OutcomeRule.OfReturn(JobAt(1), new RetryPolicy(), new Outcome.Succeeded("1"), "42");

        Assert.Equal("1", Assert.IsType<Outcome.Succeeded>(outcome).Result);
    }

    [Fact]
    public void A_retry_that_a_handler_asks_for_obeys_the_number_of_attempts()
    {
        var policy = new RetryPolicy { Attempts = 3 };
        var wish = new Outcome.Retry(Noon.AddSeconds(7), "busy");

        Assert.Equal(wish, OutcomeRule.OfReturn(JobAt(2), policy, wish, null));
        Assert.Equal(new Outcome.Dead("attempts", "busy"), OutcomeRule.OfReturn(JobAt(3), policy, wish, null));
    }

    [Fact]
    public void A_snooze_is_no_attempt_and_may_go_on_for_ever()
    {
        var snooze = new Outcome.Snoozed(Noon);

        Assert.Same(snooze, OutcomeRule.OfReturn(JobAt(99), new RetryPolicy { Attempts = 3 }, snooze, null));
    }

    [Fact]
    public void A_huge_error_is_cut()
    {
        var outcome = OutcomeRule.OfReturn(JobAt(1), new RetryPolicy(), new Outcome.Dead("error", new string('x', 1_000_000)), null);

        Assert.InRange(Assert.IsType<Outcome.Dead>(outcome).Error.Length, 1_000, 40_000);
    }

    private static AttemptEnd EndBy(StopCause cause) =>
        new(cause, "user", new RetryPolicy { Attempts = 3 }, [typeof(IOException)], TimeSpan.FromSeconds(90), Noon, 0.5);

    private static Job JobAt(int attempt) =>
        new() { Id = new Guid(1, 0, 0, new byte[8]), Handler = "work", ScheduledAt = Noon, RunAt = Noon, CreatedAt = Noon, Attempt = attempt };

    private static string Name(Outcome? outcome) => outcome switch
    {
        null => "nothing",
        Outcome.Dead dead => $"dead {dead.Reason}",
        Outcome.Cancelled cancelled => $"cancelled {cancelled.Reason}",
        _ => outcome.GetType().Name.ToLowerInvariant(),
    };
}
