namespace Carillon.Store.Tests;

// How often jobs may begin.
public abstract partial class StoreContract
{
    private const string SixAMinute = """{"maxRate":{"count":6,"per":"00:01:00"}}""";
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_rate_spaces_starts_evenly_and_says_when_the_next_one_is()
    {
        await SetQueueAsync("default", SixAMinute);
        await MakeManyAsync(3);
        var node = await JoinAsync("a");

        var first = await ClaimAsync(node);
        var early = await ClaimAsync(node, Noon + TenSeconds - Milli);
        var second = await ClaimAsync(node, Noon + TenSeconds);

        Assert.Equal((1, 0, 1), (first.Jobs.Count, early.Jobs.Count, second.Jobs.Count));
        Assert.Equal((Noon + TenSeconds, Noon + TenSeconds, Noon + (2 * TenSeconds)), (first.NextDueAt, early.NextDueAt, second.NextDueAt));
    }

    [Fact]
    public async Task A_start_that_was_not_used_is_not_saved_up_beyond_the_burst()
    {
        await SetQueueAsync("default", """{"maxRate":{"count":6,"per":"00:01:00","burst":3}}""");
        await MakeManyAsync(9);
        var node = await JoinAsync("a");

        var first = await ClaimAsync(node, Noon + Hour);
        var next = await ClaimAsync(node, Noon + Hour + TenSeconds);
        var rested = await ClaimAsync(node, Noon + (2 * Hour));

        Assert.Equal((3, 1, 3), (first.Jobs.Count, next.Jobs.Count, rested.Jobs.Count));
        Assert.Equal((Noon + Hour + TenSeconds, Noon + Hour + (2 * TenSeconds)), (first.NextDueAt, next.NextDueAt));
    }

    [Fact]
    public async Task In_no_span_of_time_do_more_begin_than_the_burst_and_the_rate_allow()
    {
        await SetQueueAsync("default", """{"maxRate":{"count":7,"per":"00:00:01","burst":4}}""");
        await MakeManyAsync(200);
        var (one, other) = (await JoinAsync("a"), await JoinAsync("b"));
        var random = new Random(4);
        var starts = new List<DateTimeOffset>();

        for (var now = Noon; now < Noon + (20 * Second); now += random.Next(400) * Milli)
        {
            starts.AddRange((await ClaimAsync(random.Next(2) == 0 ? one : other, now, random.Next(1, 6))).Jobs.Select(job => job.StartedAt!.Value));
        }

        Assert.InRange(starts.Count, 100, 144);
        for (var i = 0; i < starts.Count; i++)
        {
            for (var j = i; j < starts.Count; j++)
            {
                Assert.True(j - i + 1 <= 4 + ((starts[j] - starts[i]).TotalSeconds * 7), $"{j - i + 1} starts in {starts[j] - starts[i]}");
            }
        }
    }

    [Fact]
    public async Task A_job_that_came_back_gives_no_start_back()
    {
        await SetQueueAsync("default", SixAMinute);
        await MakeManyAsync(2);
        var node = await JoinAsync("a", lease: Second);
        var job = Assert.Single((await ClaimAsync(node)).Jobs);

        await Store.ReclaimAsync(Noon + (5 * Second), Stop);
        var batch = await ClaimAsync(await JoinAsync("b", Noon + (5 * Second)), Noon + (5 * Second));
        var again = await ClaimAsync(await JoinAsync("c", Noon + TenSeconds), Noon + TenSeconds);

        Assert.Empty(batch.Jobs);
        Assert.Equal(Noon + TenSeconds, batch.NextDueAt);
        Assert.Equal(job.Id, Assert.Single(again.Jobs).Id);
    }

    [Fact]
    public async Task Rates_do_not_touch_another_queue()
    {
        await SetQueueAsync("mail", SixAMinute);
        await MakeManyAsync(3);
        await MakeManyAsync(3, job => job with { Queue = "mail" });

        var batch = await ClaimAsync(await JoinAsync("a"));

        Assert.Equal((3, 1), (batch.Jobs.Count(job => job.Queue == "default"), batch.Jobs.Count(job => job.Queue == "mail")));
        Assert.Equal(Noon + TenSeconds, batch.NextDueAt);
    }

    [Fact]
    public async Task Each_group_has_its_own_rate_and_those_without_one_are_a_group_too()
    {
        await SetQueueAsync("default", """{"maxRatePerGroup":{"count":6,"per":"00:01:00"}}""");
        foreach (var group in new[] { "a", "b", null })
        {
            await MakeManyAsync(2, job => job with { Group = group });
        }

        var node = await JoinAsync("a");
        var first = await ClaimAsync(node);
        var later = await ClaimAsync(node, Noon + TenSeconds);

        Assert.Equal(["", "a", "b"], first.Jobs.Select(job => job.Group ?? "").Order(StringComparer.Ordinal));
        Assert.Equal(["", "a", "b"], later.Jobs.Select(job => job.Group ?? "").Order(StringComparer.Ordinal));
        Assert.Equal(Noon + TenSeconds, first.NextDueAt);
    }

    [Fact]
    public async Task The_rate_of_the_queue_and_that_of_its_groups_hold_both()
    {
        await SetQueueAsync("default", """{"maxRate":{"count":60,"per":"00:01:00","burst":2},"maxRatePerGroup":{"count":6,"per":"00:01:00"}}""");
        foreach (var group in new[] { "a", "b", "c" })
        {
            await MakeManyAsync(2, job => job with { Group = group });
        }

        var node = await JoinAsync("a");
        var first = await ClaimAsync(node);
        var second = await ClaimAsync(node, Noon + Second);
        var third = await ClaimAsync(node, Noon + (2 * Second));

        Assert.Equal(["a", "b"], first.Jobs.Select(job => job.Group));
        Assert.Equal("c", Assert.Single(second.Jobs).Group);
        Assert.Empty(third.Jobs);
        Assert.Equal((Noon + Second, Noon + TenSeconds, Noon + TenSeconds), (first.NextDueAt, second.NextDueAt, third.NextDueAt));
    }

    [Fact]
    public async Task A_changed_rate_begins_anew_and_an_unchanged_one_does_not()
    {
        await SetQueueAsync("default", """{"maxRate":{"count":1,"per":"01:00:00"}}""");
        await MakeManyAsync(3);
        var node = await JoinAsync("a");
        await ClaimAsync(node);

        await SetQueueAsync("default", """{"maxRate":{"count":1,"per":"01:00:00"},"maxConcurrent":9}""");
        var unchanged = await ClaimAsync(node, Noon + Second);
        await SetQueueAsync("default", SixAMinute);
        var changed = await ClaimAsync(node, Noon + Second);

        Assert.Empty(unchanged.Jobs);
        Assert.Single(changed.Jobs);
        Assert.Equal(Noon + Second + TenSeconds, changed.NextDueAt);
    }

    [Fact]
    public async Task A_rate_taken_away_holds_nothing_back()
    {
        await SetQueueAsync("default", SixAMinute);
        await MakeManyAsync(3);
        var node = await JoinAsync("a");
        await ClaimAsync(node);

        await SetQueueAsync("default", "{}");

        Assert.Equal(2, (await ClaimAsync(node)).Jobs.Count);
    }

    [Fact]
    public async Task The_next_instant_under_a_rate_is_the_later_of_the_jobs_own_and_the_next_start()
    {
        await SetQueueAsync("default", SixAMinute);
        await MakeAsync(Ask());
        await MakeAsync(Ask() with { RunAt = Noon + Minute });

        Assert.Equal(Noon + Minute, (await ClaimAsync(await JoinAsync("a"))).NextDueAt);
    }

    [Fact]
    public async Task A_job_under_a_rate_is_claimed_only_where_it_can_begin()
    {
        await SetQueueAsync("mail", """{"maxRate":{"count":60,"per":"00:01:00","burst":10}}""");
        await MakeManyAsync(2);
        await MakeManyAsync(4, job => job with { Queue = "mail" });

        var batch = await Store.ClaimAsync(RequestOf(await JoinAsync("a")) with { Slots = 3 }, Noon, Stop);

        Assert.Equal((3, true), (batch.Jobs.Count, batch.IsSlotWanted));
        Assert.True(batch.NextDueAt <= Noon);
    }

    [Fact]
    public async Task What_is_spent_of_a_rate_moves_with_the_clock()
    {
        await SetQueueAsync("default", SixAMinute);
        await MakeManyAsync(2);
        var node = await JoinAsync("a");
        await ClaimAsync(node);

        await Store.ShiftDelaysAsync(-Hour, Stop);

        Assert.Equal(Noon - Hour + TenSeconds, (await ClaimAsync(node, Noon - Hour + Second)).NextDueAt);
    }

    [Fact]
    public async Task The_summary_tells_what_is_spent()
    {
        await SetQueueAsync("default", """{"maxRate":{"count":6,"per":"00:01:00"},"maxRatePerGroup":{"count":1,"per":"00:01:00"}}""");
        await MakeAsync(Ask() with { Group = "a" });
        await ClaimAsync(await JoinAsync("a"));

        var summary = await Store.SummarizeAsync(Stop);

        Assert.Equal(
            [new SpentBucket(new Bucket("default", null), Noon + TenSeconds), new SpentBucket(new Bucket("default", "a"), Noon + Minute)],
            summary.Spent.OrderBy(spent => spent.FullAt));
    }

    [Fact]
    public async Task A_purge_leaves_what_is_spent()
    {
        await SetQueueAsync("default", SixAMinute);
        await MakeManyAsync(2);
        var node = await JoinAsync("a");
        await ClaimAsync(node);

        await Store.PurgeAsync(Week, 100, Noon + Second, Stop);

        Assert.Empty((await ClaimAsync(node, Noon + Second)).Jobs);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","isFair":true""")]
    public async Task Claims_that_race_take_no_more_starts_than_there_are(string more)
    {
        await SetQueueAsync("default", $$"""{"maxRate":{"count":1,"per":"01:00:00","burst":12}{{more}}}""");
        await MakeManyAsync(20, job => job with { Group = "a" });
        await MakeManyAsync(20, job => job with { Group = "b" });
        var nodes = new List<Node>();
        for (var i = 0; i < 8; i++)
        {
            nodes.Add(await JoinAsync($"n{i}"));
        }

        var batches = await Task.WhenAll(nodes.Select(node => Task.Run(() => ClaimAsync(node, limit: 3))));

        Assert.Equal(12, batches.SelectMany(batch => batch.Jobs).Select(job => job.Id).Distinct().Count());
        Assert.Equal(12, batches.Sum(batch => batch.Jobs.Count));
    }

    private static Retention Week { get; } = new(7 * Day, 30 * Day, 90 * Day);

    private static TimeSpan Milli { get; } = TimeSpan.FromMilliseconds(1);

    private async Task<IReadOnlyList<Guid>> MakeManyAsync(int count, Func<NewJob, NewJob>? change = null, DateTimeOffset? now = null)
    {
        var jobs = Enumerable.Range(0, count).Select(_ => change is null ? Ask() : change(Ask())).ToList();
        await Store.EnqueueAsync(jobs, null, now ?? Noon, Stop);
        return jobs.ConvertAll(job => job.Id);
    }
}
