using System.Text.Json;
using Carillon.Engine;
using Carillon.Jobs;
using Carillon.Store;
using Carillon.Testing;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Engine;

public sealed class AttemptTests
{
    private readonly VirtualClock _clock = new();
    private readonly LogTally _logs = new();

    [Fact]
    public void The_first_cause_counts_but_a_lost_claim_outranks_it()
    {
        using var attempt = NewAttempt();

        attempt.Stop(StopCause.Timeout);
        attempt.Stop(StopCause.Cancelled, "user");
        var first = attempt.Cause;
        attempt.Stop(StopCause.ClaimLost);

        Assert.Equal((StopCause.Timeout, StopCause.ClaimLost), (first, attempt.Cause));
    }

    [Fact]
    public void A_handler_that_begins_when_it_is_to_stop_already_is_told_why()
    {
        using var attempt = NewAttempt();
        attempt.Stop(StopCause.Shutdown);

        attempt.Context = new JobContext(attempt.Job, new JobServices(null!, _clock, new JsonSerializerOptions()), attempt.Log, attempt.Token);

        Assert.Equal(StopCause.Shutdown, attempt.Context.StopCause);
        Assert.True(attempt.Context.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public void Callbacks_of_the_handler_that_throw_end_nothing_but_themselves()
    {
        using var attempt = NewAttempt();
        attempt.Token.Register(() => throw new InvalidOperationException("a callback failed"));

        attempt.Stop(StopCause.Cancelled, "user");

        Assert.Equal(1, _logs.Count(1021));
        Assert.NotNull(attempt.Log.Take());
    }

    [Fact]
    public void Stopping_one_that_has_ended_does_nothing()
    {
        var attempt = NewAttempt();
        attempt.Dispose();

        attempt.Stop(StopCause.Timeout);
    }

    [Fact]
    public void Lines_from_information_up_are_kept_in_order_with_their_instant()
    {
        var log = NewLog();
        Say(log, LogLevel.Debug, "too small");
        Say(log, LogLevel.Information, "one");
        _clock.Advance(TimeSpan.FromSeconds(2));
        Say(log, LogLevel.Error, "two");

        var lines = LinesOf(log.Take());

        Assert.Equal(["one", "two"], lines.Select(line => line.GetProperty("text").GetString()));
        Assert.Equal(["Information", "Error"], lines.Select(line => line.GetProperty("level").GetString()));
        Assert.Equal(TimeSpan.FromSeconds(2), lines[1].GetProperty("at").GetDateTimeOffset() - lines[0].GetProperty("at").GetDateTimeOffset());
    }

    [Fact]
    public void What_was_taken_is_not_taken_twice_unless_it_is_put_back()
    {
        var log = NewLog();
        Say(log, LogLevel.Information, "one");
        log.Take();
        var empty = log.Take();
        Say(log, LogLevel.Information, "two");
        log.Take();
        log.PutBack();

        Assert.Null(empty);
        Assert.Equal(["two"], LinesOf(log.Take()).Select(line => line.GetProperty("text").GetString()));
    }

    [Fact]
    public void A_long_line_is_cut_and_a_full_log_ends_with_a_marker()
    {
        var log = NewLog();
        for (var i = 0; i < 200; i++)
        {
            Say(log, LogLevel.Information, new string('x', 20_000));
        }

        var lines = LinesOf(log.Take());

        Assert.InRange(lines[0].GetProperty("text").GetString()!.Length, 16 * 1024, (16 * 1024) + 20);
        Assert.InRange(lines.Sum(line => line.GetProperty("text").GetString()!.Length), 1_000_000, 1_100_000);
        Assert.StartsWith("(the log is full", lines[^1].GetProperty("text").GetString(), StringComparison.Ordinal);
        Say(log, LogLevel.Information, "later");
        Assert.Null(log.Take());
    }

    [Fact]
    public void Text_that_is_no_text_is_kept_as_well_as_it_can_be()
    {
        var log = NewLog();
        Say(log, LogLevel.Information, "half a pair: \ud83d");

        var line = Assert.Single(LinesOf(log.Take()));

        Assert.StartsWith("half a pair: ", line.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    private Attempt NewAttempt()
    {
        var now = _clock.GetUtcNow();
        var job = new Job { Id = new Guid(1, 0, 0, new byte[8]), Handler = "work", ScheduledAt = now, RunAt = now, CreatedAt = now, Attempt = 1, Token = 1 };
        return new Attempt(job, new AttemptLog(_logs, _clock, job), Launches.Inline);
    }

    private AttemptLog NewLog() => NewAttempt().Log;

    private static void Say(AttemptLog log, LogLevel level, string text) => log.Log(level, default, text, null, static (text, _) => text);

    private static List<JsonElement> LinesOf(JournalEntry? entry) => [.. JsonDocument.Parse(entry!.Data).RootElement.GetProperty("lines").EnumerateArray()];
}
