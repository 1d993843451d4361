using Carillon.Store;

namespace Carillon.Tests.Store;

public sealed class RetryPolicyTests
{
    private const double NoJitter = 0.5;
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 15)]
    [InlineData(3, 45)]
    [InlineData(4, 135)]
    [InlineData(5, 405)]
    [InlineData(7, 3600)]
    [InlineData(60, 3600)]
    [InlineData(int.MaxValue, 3600)]
    public void The_default_pause_triples_from_five_seconds_up_to_an_hour(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryPolicy.Default.Delay(attempt, NoJitter));

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void A_fixed_pause_stays(int attempt)
    {
        var policy = new RetryPolicy { Backoff = Backoff.Fixed, Base = TimeSpan.FromSeconds(7) };

        Assert.Equal(TimeSpan.FromSeconds(7), policy.Delay(attempt, NoJitter));
    }

    [Fact]
    public void A_fixed_pause_is_capped()
    {
        var policy = new RetryPolicy { Backoff = Backoff.Fixed, Base = TimeSpan.FromHours(3) };

        Assert.Equal(TimeSpan.FromHours(1), policy.Delay(1, NoJitter));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 10)]
    [InlineData(3, 7200)]
    [InlineData(4, 7200)]
    [InlineData(99, 7200)]
    public void An_explicit_list_is_followed_beyond_the_cap_and_its_last_pause_repeats(int attempt, int seconds)
    {
        var policy = new RetryPolicy { Backoff = Backoff.Explicit, Delays = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromHours(2)] };

        Assert.Equal(TimeSpan.FromSeconds(seconds), policy.Delay(attempt, NoJitter));
    }

    [Fact]
    public void An_empty_explicit_list_is_the_base()
    {
        var policy = new RetryPolicy { Backoff = Backoff.Explicit };

        Assert.Equal(TimeSpan.FromSeconds(5), policy.Delay(3, NoJitter));
    }

    [Theory]
    [InlineData(0.0, 4)]
    [InlineData(0.25, 4.5)]
    [InlineData(0.5, 5)]
    [InlineData(0.75, 5.5)]
    [InlineData(1.0, 6)]
    public void Jitter_moves_the_pause_by_its_share_either_way(double chance, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryPolicy.Default.Delay(1, chance));

    [Fact]
    public void Without_jitter_chance_changes_nothing()
    {
        var policy = new RetryPolicy { Jitter = 0 };

        Assert.Equal(policy.Delay(2, 0), policy.Delay(2, 0.99));
    }

    [Fact]
    public void A_failure_with_attempts_left_is_retried_after_the_pause() =>
        Assert.Equal(new Outcome.Retry(Noon.AddSeconds(135), "it broke"), RetryPolicy.Default.Decide(4, "it broke", Noon, NoJitter));

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void The_last_failure_is_dead(int attempt) =>
        Assert.Equal(new Outcome.Dead("attempts", "it broke"), RetryPolicy.Default.Decide(attempt, "it broke", Noon, NoJitter));

    [Fact]
    public void A_policy_of_one_attempt_never_retries() =>
        Assert.IsType<Outcome.Dead>(new RetryPolicy { Attempts = 1 }.Decide(1, "it broke", Noon, NoJitter));

    [Fact]
    public void Policies_are_equal_by_what_they_say()
    {
        var one = new RetryPolicy { Backoff = Backoff.Explicit, Delays = [TimeSpan.FromSeconds(1)] };
        var same = new RetryPolicy { Backoff = Backoff.Explicit, Delays = [TimeSpan.FromSeconds(1)] };
        var other = new RetryPolicy { Backoff = Backoff.Explicit, Delays = [TimeSpan.FromSeconds(2)] };

        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, other);
    }
}
