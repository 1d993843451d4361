namespace Carillon.Store.Tests;

// What readers see.
public abstract partial class StoreContract
{
    [Fact]
    public async Task Jobs_are_listed_newest_first_live_and_ended_alike()
    {
        var ended = await MakeInStateAsync(JobState.Succeeded);
        var running = await RunAsync();
        var pending = await MakeAsync(Ask());
        var dead = await MakeInStateAsync(JobState.Dead, Ask("other") with { Priority = 100, RunAt = Noon - Hour }, pending);

        var jobs = await Store.ListAsync(new JobQuery(), Stop);

        Assert.Equal([dead.Id, pending.Id, running.Id, ended.Id], jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task Jobs_are_paged_without_gaps_or_doubles_while_new_ones_come_in()
    {
        var asked = Enumerable.Range(0, 25).Select(_ => Ask()).ToList();
        await Store.EnqueueAsync(asked, null, Noon, Stop);
        var running = (await ClaimAsync(await JoinAsync("a"), limit: 12)).Jobs;
        await Store.FinishAsync([.. running.Where((_, i) => i % 2 == 0).Select(job => EndOf(job, Done, Noon))], Noon, Stop);

        var read = await ReadPagesAsync<Job>(async last =>
        {
            var page = await Store.ListAsync(new JobQuery { Before = last?.Id, Limit = 4 }, Stop);
            await MakeAsync(Ask());
            return page;
        });

        Assert.Equal(asked.Select(job => job.Id).Reverse(), read.Select(job => job.Id));
    }

    [Fact]
    public async Task A_page_goes_on_behind_a_job_that_is_gone()
    {
        var old = await MakeAsync(Ask("other"));
        var gone = await MakeInStateAsync(JobState.Dead, Ask() with { RunAt = Noon - Hour }, old);
        await ChangeAsync(gone.Id, JobChange.Delete);

        Assert.Equal([old.Id], (await Store.ListAsync(new JobQuery { Before = gone.Id }, Stop)).Select(job => job.Id));
    }

    [Fact]
    public async Task Jobs_are_found_by_each_member_of_the_filter()
    {
        var mail = await MakeAsync(Ask() with { Queue = "mail" });
        var other = await MakeAsync(Ask("other"));
        var nightly = await MakeAsync(Ask() with { Schedule = "nightly" });
        _clock.Now = Noon + Hour;
        var late = await MakeAsync(Ask("unclaimed"), Noon + Hour);

        Assert.Equal([mail.Id], await FindAsync(new JobFilter { Queue = "mail" }));
        Assert.Equal([other.Id], await FindAsync(new JobFilter { Handler = "other" }));
        Assert.Equal([nightly.Id], await FindAsync(new JobFilter { Schedule = "nightly" }));
        Assert.Equal([late.Id], await FindAsync(new JobFilter { From = Noon + Hour }));
        Assert.Equal([nightly.Id, other.Id, mail.Id], await FindAsync(new JobFilter { To = Noon + Hour }));
        Assert.Equal([late.Id, mail.Id], await FindAsync(new JobFilter { Ids = [mail.Id, late.Id, _ids.Next()] }));
        Assert.Empty(await FindAsync(new JobFilter { Ids = [] }));
        Assert.Empty(await FindAsync(new JobFilter { States = [] }));
        Assert.Empty(await FindAsync(new JobFilter { Queue = "mail", Handler = "other" }));
    }

    [Fact]
    public async Task Jobs_are_found_by_their_group_live_and_ended_alike()
    {
        var ended = await MakeInStateAsync(JobState.Succeeded, Ask() with { Group = "acme" });
        var dead = await MakeInStateAsync(JobState.Dead, Ask() with { Group = "acme", Queue = "mail" });
        await MakeAsync(Ask());
        await MakeAsync(Ask() with { Group = "Acme" });
        var pending = await MakeAsync(Ask() with { Group = "acme", Queue = "mail" });

        Assert.Equal([pending.Id, dead.Id, ended.Id], await FindAsync(new JobFilter { Group = "acme" }));
        Assert.Equal([pending.Id, dead.Id], await FindAsync(new JobFilter { Group = "acme", Queue = "mail" }));
        Assert.Equal([dead.Id], await FindAsync(new JobFilter { Group = "acme", States = [JobState.Dead, JobState.Running] }));
        Assert.Empty(await FindAsync(new JobFilter { Group = "" }));
    }

    [Fact]
    public async Task Jobs_are_found_by_state_among_live_and_ended_ones()
    {
        var ended = await MakeInStateAsync(JobState.Succeeded);
        var running = await RunAsync();
        await MakeAsync(Ask());

        Assert.Equal([running.Id, ended.Id], await FindAsync(new JobFilter { States = [JobState.Succeeded, JobState.Running] }));
        Assert.Equal([running.Id], await FindAsync(new JobFilter { States = [JobState.Running, JobState.Dead] }));
    }

    [Fact]
    public async Task A_job_that_is_run_again_is_listed_once_and_as_live()
    {
        var job = await MakeInStateAsync(JobState.Dead);
        await ChangeAsync(job.Id, JobChange.Retry);

        Assert.Equal(JobState.Pending, Assert.Single(await Store.ListAsync(new JobQuery(), Stop)).State);
        await EndAsync(await ClaimOneAsync(await JoinAsync("a")), Done);
        Assert.Equal(JobState.Succeeded, Assert.Single(await Store.ListAsync(new JobQuery(), Stop)).State);
    }

    [Fact]
    public async Task The_summary_counts_what_is_open_by_queue_handler_and_state()
    {
        await MakeInStateAsync(JobState.Succeeded);
        await MakeInStateAsync(JobState.Cancelled);
        await MakeInStateAsync(JobState.Dead);
        await RunAsync(Ask() with { ConcurrencyKey = "door" });
        await MakeAsync(Ask() with { ConcurrencyKey = "gate", RunAt = Noon + Hour });
        await MakeAsync(Ask() with { RunAt = Noon + Minute });
        await MakeAsync(Ask("other") with { Queue = "mail" });

        var summary = await Store.SummarizeAsync(Stop);

        JobCount[] expected =
        [
            new("default", "work", JobState.Pending, 2, Noon + Minute), new("default", "work", JobState.Running, 1, Noon),
            new("default", "work", JobState.Dead, 1, Noon), new("mail", "other", JobState.Pending, 1, Noon),
        ];
        Assert.Equal(expected.ToHashSet(), summary.Counts.ToHashSet());
        Assert.Equal(["door"], summary.BusyKeys);
    }

    [Fact]
    public async Task An_empty_store_has_an_empty_summary()
    {
        var summary = await Store.SummarizeAsync(Stop);

        Assert.Empty(summary.Counts);
        Assert.Empty(summary.BusyKeys);
    }

    /// <summary>As the other overload, while <paramref name="bystander"/> is due too and must stay unclaimed.</summary>
    private async Task<Job> MakeInStateAsync(JobState state, NewJob asked, Job bystander)
    {
        await MakeAsync(asked);
        var batch = await ClaimAsync(await JoinAsync("a"), limit: 1);
        Assert.NotEqual(bystander.Id, Assert.Single(batch.Jobs).Id);
        await FinishAsync(batch.Jobs[0], state == JobState.Dead ? Failed : Done);
        return await LoadAsync(asked.Id);
    }

    private async Task<IEnumerable<Guid>> FindAsync(JobFilter filter) => (await Store.ListAsync(new JobQuery { Filter = filter }, Stop)).Select(job => job.Id);
}
