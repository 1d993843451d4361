namespace Carillon.Store.Tests;

// Whose turn it is.
public abstract partial class StoreContract
{
    private const string Fair = """{"isFair":true}""";

    [Fact]
    public async Task The_groups_of_a_fair_queue_take_turns()
    {
        await SetQueueAsync("default", Fair);
        var many = await MakeManyAsync(20, job => job with { Group = "many" });
        var few = await MakeManyAsync(2, job => job with { Group = "few" }, Noon + Second);

        var jobs = (await ClaimAsync(await JoinAsync("a"), Noon + Second, limit: 6)).Jobs;

        Assert.Equal([few[0], many[0], few[1], many[1], many[2], many[3]], jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task Turns_go_on_from_claim_to_claim_and_from_node_to_node()
    {
        await SetQueueAsync("default", Fair);
        foreach (var group in new[] { "c", null, "a", "b" })
        {
            await MakeManyAsync(3, job => job with { Group = group });
        }

        var (one, other) = (await JoinAsync("a"), await JoinAsync("b"));
        var groups = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            groups.AddRange((await ClaimAsync(i % 2 == 0 ? one : other, limit: 1)).Jobs.Select(job => job.Group ?? ""));
        }

        Assert.Equal(["", "a", "b", "c", "", "a", "b", "c", "", "a", "b", "c"], groups);
    }

    [Fact]
    public async Task A_group_that_comes_later_does_not_wait_for_those_before_it()
    {
        await SetQueueAsync("default", Fair);
        await MakeManyAsync(50, job => job with { Group = "b" });
        await MakeManyAsync(50, job => job with { Group = "d" });
        var node = await JoinAsync("a");
        await ClaimAsync(node, limit: 3);

        await MakeManyAsync(1, job => job with { Group = "c" }, Noon + Minute);

        Assert.Contains("c", (await ClaimAsync(node, Noon + Minute, limit: 3)).Jobs.Select(job => job.Group));
    }

    [Fact]
    public async Task Within_a_group_the_rank_decides()
    {
        await SetQueueAsync("default", Fair);
        var late = await MakeAsync(Ask() with { Group = "a" });
        var urgent = await MakeAsync(Ask() with { Group = "a", Priority = 50 });
        var other = await MakeAsync(Ask("other") with { Group = "b", Priority = -50 });

        var jobs = (await ClaimAsync(await JoinAsync("a"))).Jobs;

        Assert.Equal([urgent.Id, other.Id, late.Id], jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_fair_queue_stands_among_the_others_by_its_best_job()
    {
        await SetQueueAsync("mail", Fair);
        var first = await MakeAsync(Ask() with { RunAt = Noon - Hour });
        var b = await MakeAsync(Ask() with { Queue = "mail", Group = "b", RunAt = Noon - Minute });
        var a = await MakeAsync(Ask() with { Queue = "mail", Group = "a" });
        var last = await MakeAsync(Ask());

        var jobs = (await ClaimAsync(await JoinAsync("a"))).Jobs;

        Assert.Equal([first.Id, a.Id, b.Id, last.Id], jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_group_that_may_have_nothing_is_passed_over()
    {
        await SetQueueAsync("default", """{"isFair":true,"maxRatePerGroup":{"count":1,"per":"01:00:00"}}""");
        await MakeManyAsync(3, job => job with { Group = "a", ConcurrencyKey = "k" });
        await MakeManyAsync(2, job => job with { Group = "b", ConcurrencyKey = "k" });
        await MakeAsync(Ask() with { Group = "c" });
        await MakeAsync(Ask() with { Group = "d", RunAt = Noon + Minute });

        var batch = await ClaimAsync(await JoinAsync("a"));

        Assert.Equal(["a", "c"], batch.Jobs.Select(job => job.Group));
        Assert.Equal(Noon + Minute, batch.NextDueAt);
    }

    [Fact]
    public async Task A_queue_that_is_not_fair_goes_by_rank_alone()
    {
        var many = await MakeManyAsync(5, job => job with { Group = "a" });
        var few = await MakeManyAsync(1, job => job with { Group = "b" }, Noon + Second);

        var jobs = (await ClaimAsync(await JoinAsync("a"), Noon + Second)).Jobs;

        Assert.Equal([.. many, .. few], jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_queue_that_becomes_fair_does_so_for_the_jobs_that_wait()
    {
        await MakeManyAsync(20, job => job with { Group = "a" });
        await MakeManyAsync(1, job => job with { Group = "b" });

        await SetQueueAsync("default", Fair);

        Assert.Equal(["a", "b"], (await ClaimAsync(await JoinAsync("a"), limit: 2)).Jobs.Select(job => job.Group));
    }

    [Fact]
    public async Task A_job_that_is_retried_stays_with_its_group()
    {
        await SetQueueAsync("default", Fair);
        await MakeManyAsync(1, job => job with { Group = "b" });
        var node = await JoinAsync("a");
        var job = await ClaimOneAsync(node);
        await FinishAsync(job, new Outcome.Retry(Noon, "it broke"));
        await MakeManyAsync(3, other => other with { Group = "a" });

        Assert.Equal(["a", "b"], (await ClaimAsync(node, limit: 2)).Jobs.Select(next => next.Group));
    }
}
