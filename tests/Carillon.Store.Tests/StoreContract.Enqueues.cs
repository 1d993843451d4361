namespace Carillon.Store.Tests;

// How a job comes to be.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_job_comes_back_as_it_was_asked_for()
    {
        var asked = Ask() with
        {
            Tenant = "north",
            Origin = "campus",
            Args = [1, 2, 0, 255],
            ArgsCodec = "zstd",
            ArgsVersion = 3,
            Queue = "mail",
            Priority = -7,
            ScheduledAt = Noon + Minute,
            RunAt = Noon + Hour,
            IsDelayed = true,
            Key = "k",
            KeyHold = Day,
            ConcurrencyKey = "c",
            Retry = new RetryPolicy { Attempts = 3, Backoff = Backoff.Explicit, Delays = [Second, Minute] },
            Timeout = Minute,
            ExpiresAt = Noon + Day,
            Schedule = "nightly",
            ScheduleDelay = Hour,
            Output = """[{"kind":"stdio"}]""",
            Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            Tags = ["red", "ünïcode 🔔"],
        };

        var job = await MakeAsync(asked);

        var expected = asked.ToJob(Noon);
        Assert.Equal(expected.Args, job.Args);
        Assert.Equal(expected.Tags, job.Tags);
        Assert.Equal(expected with { Args = job.Args, Tags = job.Tags, After = job.After }, job);
    }

    [Fact]
    public async Task A_job_without_particulars_is_due_at_once()
    {
        var job = await MakeAsync(Ask());

        Assert.Equal((JobState.Pending, 0, 0L, Noon, Noon, Noon), (job.State, job.Attempt, job.Token, job.CreatedAt, job.ScheduledAt, job.RunAt));
        Assert.Equal(("default", 0, true), (job.Queue, job.Priority, job.IsDelayed));
    }

    [Fact]
    public async Task An_unknown_id_finds_nothing() => Assert.Null(await Store.GetAsync(_ids.Next(), Stop));

    [Fact]
    public async Task The_same_id_again_is_the_same_job()
    {
        var asked = Ask();
        await MakeAsync(asked);

        var again = await EnqueueAsync(asked with { Handler = "other" }, Noon + Second);

        Assert.Equal(new EnqueueResult(EnqueueStatus.Existing, asked.Id), again);
        Assert.Equal("work", (await LoadAsync(asked.Id)).Handler);
    }

    [Fact]
    public async Task The_same_id_again_is_the_same_job_also_after_its_end()
    {
        var asked = Ask();
        await EndAsync(await RunAsync(asked), Done);

        var again = await EnqueueAsync(asked);

        Assert.Equal(EnqueueStatus.Existing, again.Status);
        await AssertStateAsync(asked.Id, JobState.Succeeded);
    }

    [Fact]
    public async Task The_same_id_twice_in_a_batch_is_one_job()
    {
        var asked = Ask();

        var results = await Store.EnqueueAsync([asked, asked], null, Noon, Stop);

        Assert.Equal([EnqueueStatus.Created, EnqueueStatus.Existing], results.Select(result => result.Status));
    }

    [Fact]
    public async Task The_answers_stand_in_the_order_of_the_batch()
    {
        var jobs = Enumerable.Range(0, 600).Select(_ => Ask()).ToList();
        jobs.Reverse();

        var results = await Store.EnqueueAsync(jobs, null, Noon, Stop);

        Assert.Equal(jobs.Select(job => new EnqueueResult(EnqueueStatus.Created, job.Id)), results);
    }

    [Fact]
    public async Task Who_asked_is_written_with_the_jobs_unless_none_is_new()
    {
        var (asked, act) = (Ask(), new JournalEntry { Subject = Subject.Of(_ids.Next()), Kind = JournalKinds.Act, At = Noon, Who = "Ada", Data = "{}" });

        await Store.EnqueueAsync([asked], act, Noon, Stop);
        await Store.EnqueueAsync([asked], act with { Who = "twice" }, Noon, Stop);
        await Store.EnqueueAsync([Ask(), Ask() with { After = [new After(_ids.Next())] }], act with { Who = "faulty" }, Noon, Stop);

        Assert.Equal(["Ada"], (await Store.ReadAsync(new JournalQuery { Subject = act.Subject, Limit = 10 }, Stop)).Select(entry => entry.Who));
    }

    [Fact]
    public async Task An_empty_batch_is_no_fault() => Assert.Empty(await Store.EnqueueAsync([], null, Noon, Stop));

    [Fact]
    public async Task A_cancelled_call_writes_nothing()
    {
        var asked = Ask();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.EnqueueAsync([asked], null, Noon, new CancellationToken(canceled: true)));

        Assert.Null(await Store.GetAsync(asked.Id, Stop));
    }

    [Theory]
    [InlineData(JobState.Pending)]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Running)]
    public async Task A_key_is_taken_while_its_job_lives(JobState state)
    {
        var holder = await MakeInStateAsync(state, Ask() with { Key = "k" });

        var result = await EnqueueAsync(Ask() with { Key = "k" });

        Assert.Equal(new EnqueueResult(EnqueueStatus.Existing, holder.Id), result);
    }

    [Theory]
    [InlineData(JobState.Succeeded)]
    [InlineData(JobState.Dead)]
    [InlineData(JobState.Cancelled)]
    public async Task A_key_is_free_when_its_job_has_ended(JobState state)
    {
        await MakeInStateAsync(state, Ask() with { Key = "k" });

        var result = await EnqueueAsync(Ask() with { Key = "k" });

        Assert.Equal(EnqueueStatus.Created, result.Status);
    }

    [Theory]
    [InlineData(JobState.Succeeded)]
    [InlineData(JobState.Dead)]
    [InlineData(JobState.Cancelled)]
    public async Task A_key_holds_beyond_the_end_as_long_as_asked(JobState state)
    {
        var holder = await MakeInStateAsync(state, Ask() with { Key = "k", KeyHold = Hour });

        var during = await EnqueueAsync(Ask() with { Key = "k", OnConflict = OnConflict.Replace }, Noon + Hour - Second);
        var after = await EnqueueAsync(Ask() with { Key = "k" }, Noon + Hour);

        Assert.Equal(new EnqueueResult(EnqueueStatus.Existing, holder.Id), during);
        Assert.Equal(EnqueueStatus.Created, after.Status);
    }

    [Fact]
    public async Task A_key_belongs_to_its_tenant()
    {
        await MakeAsync(Ask() with { Key = "k", Tenant = "north" });

        var result = await EnqueueAsync(Ask() with { Key = "k", Tenant = "south" });

        Assert.Equal(EnqueueStatus.Created, result.Status);
    }

    [Fact]
    public async Task A_key_is_taken_by_an_earlier_job_of_the_batch()
    {
        var first = Ask() with { Key = "k" };

        var results = await Store.EnqueueAsync([first, Ask() with { Key = "k" }], null, Noon, Stop);

        Assert.Equal([new EnqueueResult(EnqueueStatus.Created, first.Id), new EnqueueResult(EnqueueStatus.Existing, first.Id)], results);
    }

    [Theory]
    [InlineData(JobState.Pending)]
    [InlineData(JobState.Waiting)]
    public async Task A_job_that_has_not_begun_can_be_replaced(JobState state)
    {
        var holder = await MakeInStateAsync(state, Ask() with { Key = "k" });
        var better = Ask() with { Key = "k", OnConflict = OnConflict.Replace };

        var result = await EnqueueAsync(better, Noon + Second);

        Assert.Equal(new EnqueueResult(EnqueueStatus.Replaced, better.Id), result);
        await AssertStateAsync(holder.Id, JobState.Cancelled, "replaced");
        Assert.Equal(Noon + Second, (await LoadAsync(holder.Id)).FinishedAt);
        await AssertStateAsync(better.Id, JobState.Pending);
    }

    [Fact]
    public async Task A_running_job_is_not_replaced()
    {
        var holder = await RunAsync(Ask() with { Key = "k" });

        var result = await EnqueueAsync(Ask() with { Key = "k", OnConflict = OnConflict.Replace });

        Assert.Equal(new EnqueueResult(EnqueueStatus.Existing, holder.Id), result);
        Assert.Equal(JobState.Running, (await LoadAsync(holder.Id)).State);
    }

    [Fact]
    public async Task A_free_key_is_taken_without_replacing_anything()
    {
        var result = await EnqueueAsync(Ask() with { Key = "k", OnConflict = OnConflict.Replace });

        Assert.Equal(EnqueueStatus.Created, result.Status);
    }

    [Fact]
    public async Task What_depends_on_a_replaced_job_is_cancelled()
    {
        var holder = await MakeAsync(Ask() with { Key = "k" });
        var child = await MakeAsync(Ask() with { After = [new After(holder.Id)] });

        await EnqueueAsync(Ask() with { Key = "k", OnConflict = OnConflict.Replace });

        await AssertStateAsync(child.Id, JobState.Cancelled, "dependency");
    }

    /// <summary>A job brought to the state by the seam's own means, at noon.</summary>
    private async Task<Job> MakeInStateAsync(JobState state, NewJob? asked = null)
    {
        asked ??= Ask();
        switch (state)
        {
            case JobState.Pending:
                await MakeAsync(asked);
                break;
            case JobState.Waiting:
                var parent = await MakeAsync(Ask("unclaimed"));
                await MakeAsync(asked with { After = [new After(parent.Id)] });
                break;
            case JobState.Running:
                await RunAsync(asked);
                break;
            default:
                Outcome outcome = state == JobState.Succeeded ? Done : state == JobState.Dead ? Failed : new Outcome.Cancelled("user");
                await EndAsync(await RunAsync(asked), outcome);
                break;
        }

        var job = await LoadAsync(asked.Id);
        Assert.Equal(state, job.State);
        return job;
    }
}
