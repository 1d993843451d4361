namespace Carillon.Store.Tests;

// What time takes away.
public abstract partial class StoreContract
{
    private static readonly Retention Kept = new(Finished: TimeSpan.FromDays(7), Dead: TimeSpan.FromDays(30), Journal: TimeSpan.FromDays(90));

    [Theory]
    [InlineData(JobState.Succeeded, 7)]
    [InlineData(JobState.Cancelled, 7)]
    [InlineData(JobState.Dead, 30)]
    public async Task An_ended_job_and_its_journal_go_when_their_time_is_over(JobState state, int days)
    {
        var job = await MakeInStateAsync(state);
        await Store.AppendAsync([Note(job.Id)], Stop);

        await PurgeAsync(Noon + (days * Day) - Second);
        Assert.NotNull(await Store.GetAsync(job.Id, Stop));
        Assert.NotEmpty(await JournalOfAsync(job.Id));
        var result = await PurgeAsync(Noon + (days * Day));

        Assert.True(result.Removed > 0);
        Assert.Null(await Store.GetAsync(job.Id, Stop));
        Assert.Empty(await JournalOfAsync(job.Id));
        Assert.Empty(await Store.ListExecutionsAsync(new ExecutionQuery(), Stop));
    }

    [Theory]
    [InlineData(JobState.Pending)]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Running)]
    public async Task A_live_job_stays_and_its_journal_with_it(JobState state)
    {
        var job = await MakeInStateAsync(state);
        await Store.AppendAsync([Note(job.Id)], Stop);

        var result = await PurgeAsync(Noon + (3650 * Day));

        Assert.Equal(default, result);
        Assert.NotEmpty(await JournalOfAsync(job.Id));
    }

    [Fact]
    public async Task A_job_stays_while_it_holds_its_key()
    {
        var job = await MakeInStateAsync(JobState.Succeeded, Ask() with { Key = "k", KeyHold = 10 * Day });

        await PurgeAsync(Noon + (10 * Day) - Second);
        Assert.Equal(job.Id, (await EnqueueAsync(Ask() with { Key = "k" }, Noon + (10 * Day) - Second)).Id);
        await PurgeAsync(Noon + (10 * Day));

        Assert.Null(await Store.GetAsync(job.Id, Stop));
    }

    [Fact]
    public async Task Entries_of_other_subjects_have_their_own_time()
    {
        await Store.AppendAsync([Line("a"), Line("a") with { At = Noon + Day }], Stop);

        Assert.Equal(0, (await PurgeAsync(Noon + (90 * Day) - Second)).Removed);
        Assert.Equal(1, (await PurgeAsync(Noon + (90 * Day))).Removed);

        Assert.Equal(Noon + Day, Assert.Single(await Store.ReadAsync(new JournalQuery(), Stop)).At);
    }

    [Fact]
    public async Task The_record_of_a_deletion_goes_with_the_other_entries()
    {
        var job = await MakeInStateAsync(JobState.Dead);
        await ChangeAsync(job.Id, JobChange.Delete, act: ByAda);

        await PurgeAsync(Noon + (90 * Day) - Second);
        Assert.Single(await JournalOfAsync(job.Id));
        await PurgeAsync(Noon + (90 * Day));

        Assert.Empty(await JournalOfAsync(job.Id));
    }

    [Fact]
    public async Task A_purge_takes_no_more_than_its_limit_at_a_time()
    {
        for (var i = 0; i < 5; i++)
        {
            await MakeInStateAsync(JobState.Succeeded);
        }

        var removed = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            removed.Add((await Store.PurgeAsync(Kept, 2, Noon + (8 * Day), Stop)).Removed);
        }

        Assert.Equal([2, 2, 1, 0], removed);
    }

    [Fact]
    public async Task Jobs_and_entries_share_the_limit_of_a_purge()
    {
        await MakeInStateAsync(JobState.Succeeded);
        await MakeInStateAsync(JobState.Succeeded);
        await Store.AppendAsync([Line("a"), Line("a")], Stop);

        var first = await Store.PurgeAsync(Kept, 3, Noon + (91 * Day), Stop);
        var second = await Store.PurgeAsync(Kept, 3, Noon + (91 * Day), Stop);

        Assert.Equal((3, 1), (first.Removed, second.Removed));
    }

    [Theory]
    [InlineData(JobState.Pending)]
    [InlineData(JobState.Waiting)]
    public async Task A_purge_cancels_what_did_not_begin_in_time(JobState state)
    {
        var job = await MakeInStateAsync(state, Ask() with { ExpiresAt = Noon + Minute });
        var child = await MakeAsync(Ask() with { After = [new After(job.Id)] });

        var early = await PurgeAsync(Noon + Minute - Second);
        var late = await PurgeAsync(Noon + Minute);

        Assert.Equal((0, Noon + Minute), (early.Expired, early.NextExpiryAt!.Value));
        Assert.Equal((1, 0, null), (late.Expired, late.Removed, late.NextExpiryAt));
        await AssertStateAsync(job.Id, JobState.Cancelled, "expired");
        await AssertStateAsync(child.Id, JobState.Cancelled, "dependency");
    }

    [Fact]
    public async Task A_purge_says_when_the_next_job_expires()
    {
        await MakeAsync(Ask() with { ExpiresAt = Noon + Hour });
        await MakeAsync(Ask() with { ExpiresAt = Noon + Minute });
        await MakeAsync(Ask() with { ExpiresAt = Noon + Second });
        await MakeAsync(Ask());

        var result = await PurgeAsync(Noon + Second);

        Assert.Equal((1, Noon + Minute), (result.Expired, result.NextExpiryAt!.Value));
    }

    [Fact]
    public async Task A_running_job_does_not_expire()
    {
        var job = await RunAsync(Ask() with { ExpiresAt = Noon + Minute });

        var result = await PurgeAsync(Noon + Hour);

        Assert.Equal((0, null), (result.Expired, result.NextExpiryAt));
        Assert.Equal(JobState.Running, (await LoadAsync(job.Id)).State);
    }

    /// <summary>What a claim does not look behind: a paused queue, a full one, a busy key, a handler of no node, an instant far away, a job that has not ended.</summary>
    [Theory]
    [InlineData("paused", true)]
    [InlineData("paused", false)]
    [InlineData("full", true)]
    [InlineData("full", false)]
    [InlineData("key", true)]
    [InlineData("key", false)]
    [InlineData("handler", true)]
    [InlineData("handler", false)]
    [InlineData("later", true)]
    [InlineData("later", false)]
    [InlineData("after", true)]
    [InlineData("after", false)]
    public async Task A_job_that_did_not_begin_in_time_is_cancelled_whatever_holds_it_back(string hold, bool isByClaim)
    {
        var node = await JoinAsync("a");
        var running = await MakeAsync(Ask() with { Queue = "closed", ConcurrencyKey = "k" });
        Assert.Single((await ClaimAsync(node)).Jobs);
        var body = hold == "paused" ? """{"isPaused":true}""" : """{"maxConcurrent":1}""";
        await Store.PutDefinitionAsync(DefinitionKinds.Queue, "closed", body, null, null, Noon, Stop);
        var stale = await MakeAsync(HeldBack(hold, running.Id) with { ExpiresAt = Noon + Minute });
        Assert.Empty((await ClaimAsync(node)).Jobs);

        await (isByClaim ? ClaimAsync(node, Noon + Minute) : (Task)PurgeAsync(Noon + Minute));

        await AssertStateAsync(stale.Id, JobState.Cancelled, "expired");
    }

    private NewJob HeldBack(string hold, Guid running) => hold switch
    {
        "paused" or "full" => Ask() with { Queue = "closed" },
        "key" => Ask() with { ConcurrencyKey = "k" },
        "handler" => Ask("unknown"),
        "later" => Ask() with { RunAt = Noon + Hour },
        _ => Ask() with { After = [new After(running)] },
    };

    [Fact]
    public async Task A_claim_that_runs_no_longer_expires_and_is_told_of()
    {
        var job = await RunAsync(Ask() with { ExpiresAt = Noon + Minute });
        var told = StoreSignal.None;
        Store.Signalled += signal => told |= signal;

        await FinishAsync(job, new Outcome.Retry(Noon + Hour, "it broke"));

        Assert.True(told.HasFlag(StoreSignal.Expiries));
        Assert.Equal(1, (await PurgeAsync(Noon + Minute)).Expired);
    }

    [Fact]
    public async Task An_expired_job_retried_by_hand_does_not_expire_again()
    {
        var job = await MakeAsync(Ask() with { ExpiresAt = Noon + Minute });
        await PurgeAsync(Noon + Minute);

        await ChangeAsync(job.Id, JobChange.Retry, Noon + Hour);

        Assert.Equal(job.Id, (await ClaimOneAsync(await JoinAsync("a"), Noon + Hour)).Id);
    }

    [Fact]
    public async Task An_empty_store_has_nothing_to_purge() => Assert.Equal(default, await PurgeAsync(Noon));

    private Task<PurgeResult> PurgeAsync(DateTimeOffset now) => Store.PurgeAsync(Kept, 1000, now, Stop);
}
