namespace Carillon.Store.Tests;

// What holds a job back although it is due.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_paused_queue_is_passed_over()
    {
        await MakeAsync(Ask() with { Queue = "mail", Priority = 100 });
        var other = await MakeAsync(Ask());
        await SetQueueAsync("mail", """{"isPaused":true,"pauseReason":"flood"}""");
        var node = await JoinAsync("a");

        var paused = await ClaimAsync(node);
        await SetQueueAsync("mail", """{"isPaused":false}""");
        var resumed = await ClaimAsync(node);

        Assert.Equal(other.Id, Assert.Single(paused.Jobs).Id);
        Assert.Null(paused.NextDueAt);
        Assert.Equal("mail", Assert.Single(resumed.Jobs).Queue);
    }

    [Fact]
    public async Task A_paused_queue_says_nothing_of_its_next_instant()
    {
        await MakeAsync(Ask() with { Queue = "mail", RunAt = Noon + Minute });
        await SetQueueAsync("mail", """{"isPaused":true}""");

        Assert.Null((await ClaimAsync(await JoinAsync("a"))).NextDueAt);
    }

    [Fact]
    public async Task A_queue_without_settings_is_not_limited_by_those_of_another()
    {
        await SetQueueAsync("mail", """{"maxConcurrent":0}""");
        await MakeAsync(Ask());

        Assert.Single((await ClaimAsync(await JoinAsync("a"))).Jobs);
    }

    [Fact]
    public async Task A_full_queue_lets_in_as_many_as_leave()
    {
        await SetQueueAsync("default", """{"maxConcurrent":2}""");
        await Store.EnqueueAsync([.. Enumerable.Range(0, 5).Select(_ => Ask())], null, Noon, Stop);
        var node = await JoinAsync("a");

        var first = await ClaimAsync(node);
        var full = await ClaimAsync(await JoinAsync("b"));
        await FinishAsync(first.Jobs[0], Done);
        var next = await ClaimAsync(node);

        Assert.Equal((2, 0, 1), (first.Jobs.Count, full.Jobs.Count, next.Jobs.Count));
        Assert.Null(full.NextDueAt);
    }

    [Fact]
    public async Task A_full_queue_does_not_block_another()
    {
        await SetQueueAsync("mail", """{"maxConcurrent":1}""");
        await Store.EnqueueAsync([.. Enumerable.Range(0, 5).Select(_ => Ask() with { Queue = "mail", Priority = 9 })], null, Noon, Stop);
        var other = await MakeAsync(Ask());

        var batch = await ClaimAsync(await JoinAsync("a"), Noon, limit: 2);

        Assert.Equal(["mail", "default"], batch.Jobs.Select(job => job.Queue));
        Assert.Equal(other.Id, batch.Jobs[1].Id);
    }

    [Fact]
    public async Task A_removed_limit_limits_no_more()
    {
        await SetQueueAsync("default", """{"maxConcurrent":0}""");
        await MakeAsync(Ask());
        var node = await JoinAsync("a");
        Assert.Empty((await ClaimAsync(node)).Jobs);

        await Store.RemoveDefinitionAsync(DefinitionKinds.Queue, "default", null, Noon, Stop);

        Assert.Single((await ClaimAsync(node)).Jobs);
    }

    [Fact]
    public async Task A_handler_runs_as_often_as_its_limit_over_all_nodes()
    {
        await Store.EnqueueAsync([.. Enumerable.Range(0, 5).Select(_ => Ask())], null, Noon, Stop);
        await MakeAsync(Ask("other"));
        var handlers = new Dictionary<string, int?> { ["work"] = 2, ["other"] = null };

        var first = await Store.ClaimAsync(RequestOf(await JoinAsync("a")) with { Handlers = handlers }, Noon, Stop);
        var second = await Store.ClaimAsync(RequestOf(await JoinAsync("b")) with { Handlers = handlers }, Noon, Stop);

        Assert.Equal(["work", "work", "other"], first.Jobs.Select(job => job.Handler));
        Assert.Empty(second.Jobs);
        Assert.Null(second.NextDueAt);
    }

    [Fact]
    public async Task Of_one_concurrency_key_one_runs()
    {
        await Store.EnqueueAsync([Ask() with { ConcurrencyKey = "door" }, Ask() with { ConcurrencyKey = "door" }, Ask() with { ConcurrencyKey = "gate" }], null, Noon, Stop);

        var batch = await ClaimAsync(await JoinAsync("a"));
        var held = await ClaimAsync(await JoinAsync("b"));

        Assert.Equal(["door", "gate"], batch.Jobs.Select(job => job.ConcurrencyKey));
        Assert.Empty(held.Jobs);
        Assert.Null(held.NextDueAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_concurrency_key_is_free_once_its_job_runs_no_more(bool isRetried)
    {
        var first = await RunAsync(Ask() with { ConcurrencyKey = "door" });
        var second = await MakeAsync(Ask() with { ConcurrencyKey = "door" });

        await FinishAsync(first, isRetried ? new Outcome.Retry(Noon + Hour, "it broke") : Done);

        Assert.Equal(second.Id, (await ClaimOneAsync(await JoinAsync("b"))).Id);
    }

    [Fact]
    public async Task A_job_held_back_by_its_key_gives_no_next_instant_but_others_do()
    {
        await RunAsync(Ask() with { ConcurrencyKey = "door" });
        await MakeAsync(Ask() with { ConcurrencyKey = "door", RunAt = Noon + Second });
        await MakeAsync(Ask() with { RunAt = Noon + Minute });

        Assert.Equal(Noon + Minute, (await ClaimAsync(await JoinAsync("b"))).NextDueAt);
    }

    [Fact]
    public async Task Nodes_that_claim_at_once_obey_limits_together()
    {
        await SetQueueAsync("default", """{"maxConcurrent":3}""");
        await Store.EnqueueAsync([.. Enumerable.Range(0, 40).Select(_ => Ask())], null, Noon, Stop);
        await Store.EnqueueAsync([.. Enumerable.Range(0, 40).Select(_ => Ask() with { Queue = "keyed", ConcurrencyKey = "door" })], null, Noon, Stop);
        var node = await JoinAsync("a");

        var batches = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => ClaimAsync(node, limit: 5))));

        var claimed = batches.SelectMany(batch => batch.Jobs).ToList();
        Assert.Equal(3, claimed.Count(job => job.Queue == "default"));
        Assert.Single(claimed, job => job.Queue == "keyed");
    }

    private async Task SetQueueAsync(string queue, string settings) =>
        Assert.True(await Store.PutDefinitionAsync(DefinitionKinds.Queue, queue, settings, null, null, Noon, Stop));
}
