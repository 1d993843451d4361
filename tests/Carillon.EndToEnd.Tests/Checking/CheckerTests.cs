using System.Diagnostics;
using Carillon.EndToEnd.Tests.Running;
using Carillon.Store;

namespace Carillon.EndToEnd.Tests.Checking;

/// <summary>The checker by logs written by hand: a sound one passes, and each thing that must not be is found.</summary>
public sealed class CheckerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid One = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Two = new("00000000-0000-0000-0000-000000000002");

    [Fact]
    public void A_sound_run_passes_and_everything_in_it_is_counted()
    {
        var verdict = Check(Sound());

        Assert.Empty(verdict.Violations);
        Assert.Equal(1 + 6 + 3 + 3, verdict.Operations);
        Assert.Equal([TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300)], verdict.Latenesses);
    }

    [Fact]
    public void A_job_that_began_again_after_its_node_was_lost_is_sound()
    {
        var evidence = Only(Job(One) with { Token = 2, Losses = 1 }, Line(One, 1, "start", 0), Line(One, 2, "start", 5), Line(One, 1, "end", 6), Line(One, 2, "end", 7));

        Assert.Empty(Check(evidence).Violations);
    }

    [Fact]
    public void An_accepted_job_that_is_gone_is_lost() => Finds(Wrong.Lost, Sound() with { Accepted = [One, Guid.Empty] });

    [Fact]
    public void A_job_that_ran_and_is_gone_is_lost() => Finds(Wrong.Lost, Sound() with { Lines = [.. Sound().Lines, Line(Guid.Empty, 1, "start", 1)] });

    [Fact]
    public void A_job_that_still_waits_is_unfinished() => Finds(Wrong.Unfinished, Only(Job(One) with { State = JobState.Pending, Token = 0 }));

    [Fact]
    public void A_success_without_an_end_of_its_handler_is_found() => Finds(Wrong.NotDone, Only(Job(One), Line(One, 1, "start", 0)));

    [Fact]
    public void A_job_that_was_done_twice_without_a_loss_is_doubled() =>
        Finds(Wrong.Doubled, Only(Job(One) with { Token = 2 }, Line(One, 1, "start", 0), Line(One, 1, "end", 1), Line(One, 2, "start", 2), Line(One, 2, "end", 3)));

    [Fact]
    public void A_job_that_stands_in_the_store_twice_is_doubled() => Finds(Wrong.Doubled, Sound() with { Jobs = [.. Sound().Jobs, Job(One)] });

    [Fact]
    public void An_end_of_a_claim_that_was_not_the_last_is_found() =>
        Finds(Wrong.Fence, Only(Job(One) with { Losses = 1 }, Line(One, 1, "start", 0), Line(One, 2, "start", 5), Line(One, 1, "end", 6)));

    [Fact]
    public void A_claim_that_began_twice_is_found() =>
        Finds(Wrong.Fence, Only(Job(One), Line(One, 1, "start", 0), Line(One, 1, "start", 1), Line(One, 1, "end", 2)));

    [Fact]
    public void An_instant_without_a_job_is_missed() => Finds(Wrong.Missed, Sound() with { Jobs = [.. Sound().Jobs.SkipLast(1)], Lines = [.. Sound().Lines.SkipLast(2)] });

    [Fact]
    public void An_instant_with_two_jobs_is_repeated() =>
        Finds(Wrong.Repeated, Sound() with { Jobs = [.. Sound().Jobs, Job(Guid.Empty) with { Schedule = "second", State = JobState.Cancelled }] });

    [Fact]
    public void A_job_for_an_instant_that_is_none_is_repeated() =>
        Finds(Wrong.Repeated, Sound() with { Jobs = [.. Sound().Jobs, Job(Guid.Empty) with { Schedule = "second", State = JobState.Cancelled, ScheduledAt = Noon.AddSeconds(3) }] });

    [Fact]
    public void A_start_that_was_long_after_its_instant_is_late() => Finds(Wrong.Late, Sound(), new Bounds(TimeSpan.FromMilliseconds(200)));

    [Fact]
    public void A_start_before_its_instant_is_early() => Finds(Wrong.Early, Only(Job(One) with { ScheduledAt = Noon.AddSeconds(1) }, Line(One, 1, "start", 0), Line(One, 1, "end", 2)));

    [Fact]
    public void Jobs_of_a_key_that_ran_together_overlap() =>
        Finds(Wrong.Overlapping, new Evidence
        {
            Accepted = [],
            Jobs = [Job(One) with { ConcurrencyKey = "k" }, Job(Two) with { ConcurrencyKey = "k" }],
            Lines = [Line(One, 1, "start", 0), Line(One, 1, "end", 2), Line(Two, 1, "start", 1), Line(Two, 1, "end", 3)],
            WallOf = Wall,
        });

    [Fact]
    public void More_attempts_than_allowed_are_found() => Finds(Wrong.Attempts, Only(Job(One) with { State = JobState.Dead, Attempt = 6 }));

    private static void Finds(Wrong wrong, Evidence evidence, Bounds? bounds = null) =>
        Assert.Contains(wrong, Check(evidence, bounds).Violations.Select(violation => violation.Kind));

    private static Verdict Check(Evidence evidence, Bounds? bounds = null) => Checker.Check(evidence, bounds ?? new Bounds(TimeSpan.FromSeconds(1)));

    // A client's job, and a schedule each second of which one instant was skipped, with a record.
    private static Evidence Sound() => new()
    {
        Accepted = [One],
        Jobs = [Job(One), Job(Two) with { Schedule = "second" }, Job(new Guid(3, 0, 0, new byte[8])) with { Schedule = "second", ScheduledAt = Noon.AddSeconds(2) }],
        Timetables = [new Timetable("second", Noon, TimeSpan.FromSeconds(1), Noon.AddSeconds(3)) { Skipped = [(Noon.AddSeconds(1), Noon.AddSeconds(1))] }],
        Lines =
        [
            Line(One, 1, "start", 0), Line(One, 1, "end", 1),
            Line(Two, 1, "start", 0.1), Line(Two, 1, "end", 1),
            Line(new Guid(3, 0, 0, new byte[8]), 1, "start", 2.3), Line(new Guid(3, 0, 0, new byte[8]), 1, "end", 3),
        ],
        WallOf = Wall,
    };

    private static Evidence Only(FinalJob job, params OracleLine[] lines) => new() { Accepted = [job.Id], Jobs = [job], Lines = lines, WallOf = Wall };

    private static FinalJob Job(Guid id) => new(id, JobState.Succeeded, 1, 1, 5, 0, Noon);

    private static OracleLine Line(Guid job, long token, string what, double second) => new(job, 1, what, (long)(second * Stopwatch.Frequency), token, "node");

    private static DateTimeOffset Wall(long timestamp) => Noon + Stopwatch.GetElapsedTime(0, timestamp);
}
