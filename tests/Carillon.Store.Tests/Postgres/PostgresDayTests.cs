using Carillon.Postgres;
using Dapper;

namespace Carillon.Store.Tests.Postgres;

/// <summary>What is past its retention goes by whole days where it can.</summary>
public sealed class PostgresDayTests : PostgresTransactions
{
    private const int Limit = 2;
    private static readonly Retention Week = new(Finished: TimeSpan.FromDays(7), Dead: TimeSpan.FromDays(30), Journal: TimeSpan.FromDays(90));

    // Begun in the middle of a day, whatever time it is.
    private static readonly DateTimeOffset Noon = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(12), TimeSpan.Zero);
    private static readonly DateTimeOffset Midnight = Noon + TimeSpan.FromHours(12);

    private static string Partition => $"job_done_{Days.Of(Noon)}";

    [Fact]
    public async Task A_day_stays_until_all_of_it_is_past_and_goes_whole_with_its_journal()
    {
        var jobs = await EndAsync(5);

        Assert.Equal([0], await PurgeUntilNothingAsync(Midnight + Week.Finished - TimeSpan.FromSeconds(1)));
        Assert.Equal(5, await CountAsync(Partition));
        Assert.Equal([2, 2, 1, 0], await PurgeUntilNothingAsync(Midnight + Week.Finished));

        Assert.False(await ExistsAsync(Partition));
        Assert.Equal(0, await CountAsync("journal"));
        Assert.Null(await Store.GetAsync(jobs[0], Stop));
    }

    [Fact]
    public async Task No_row_of_a_day_is_deleted_by_itself()
    {
        await EndAsync(5);
        await RunAsync($"create function {Schema.Name}.refuse() returns trigger language plpgsql as $$ begin raise 'a row was deleted'; end $$");
        await RunAsync($"create trigger refuse before delete on {Schema.Name}.job_done for each row execute function {Schema.Name}.refuse()");

        await PurgeUntilNothingAsync(Midnight + Week.Finished);

        Assert.False(await ExistsAsync(Partition));
    }

    [Fact]
    public async Task Days_that_are_over_go_one_after_the_other_and_later_ones_stay()
    {
        await EndAsync(1);
        await EndAsync(1, Noon + TimeSpan.FromDays(1));
        await EndAsync(1, Noon + TimeSpan.FromDays(2));

        Assert.Equal([2, 0], await PurgeUntilNothingAsync(Midnight + Week.Finished + TimeSpan.FromDays(1)));

        Assert.Equal(1, await CountAsync("job_done"));
        Assert.True(await ExistsAsync($"job_done_{Days.Of(Noon) + 2}"));
    }

    [Fact]
    public async Task A_term_shorter_than_a_day_is_kept_job_by_job()
    {
        await EndAsync(1);
        await EndAsync(1, Noon + TimeSpan.FromMinutes(1));

        var purged = await Store.PurgeAsync(Week with { Finished = TimeSpan.FromHours(1) }, Limit, Noon + TimeSpan.FromHours(1), Stop);

        Assert.Equal(1, purged.Removed);
        Assert.Equal(1, await CountAsync(Partition));
        Assert.Equal(1, await CountAsync("journal"));
    }

    [Fact]
    public async Task A_day_that_somebody_reads_is_left_for_a_later_purge()
    {
        await EndAsync(1);
        var over = Midnight + Week.Finished;
        await using (var reading = await Connection.BeginTransactionAsync())
        {
            Assert.Equal(1, await CountAsync(Partition));
            await Store.PurgeAsync(Week, Limit, over, Stop);
            Assert.True(await ExistsAsync(Partition));
        }

        // Whoever ends jobs would wait behind each attempt: the next one is minutes later.
        await Store.PurgeAsync(Week, Limit, over + TimeSpan.FromMinutes(4), Stop);
        Assert.True(await ExistsAsync(Partition));
        await Store.PurgeAsync(Week, Limit, over + TimeSpan.FromMinutes(5), Stop);
        Assert.False(await ExistsAsync(Partition));
    }

    [Fact]
    public async Task A_day_that_cannot_be_dropped_is_in_the_way_of_nothing()
    {
        await EndAsync(5);
        await EndAsync(1, Noon + TimeSpan.FromDays(1));
        var late = Midnight + Week.Finished + TimeSpan.FromDays(1);
        await using var reading = await Connection.BeginTransactionAsync();
        Assert.Equal(5, await CountAsync(Partition));

        await PurgeUntilNothingAsync(late);
        Assert.True(await ExistsAsync($"job_done_{Days.Of(late)}"));
        await PurgeUntilNothingAsync(late + TimeSpan.FromMinutes(1));

        Assert.Equal(0, await CountAsync("job_done"));
        Assert.True(await ExistsAsync(Partition));
    }

    [Fact]
    public async Task A_day_that_another_node_drops_meanwhile_is_no_fault()
    {
        await EndAsync(5);
        var over = Midnight + Week.Finished;
        Assert.Equal(Limit, (await Store.PurgeAsync(Week, Limit, over, Stop)).Removed);
        while ((await Other.PurgeAsync(Week, Limit, over, Stop)).Removed > 0)
        {
        }

        Assert.Equal(0, (await Store.PurgeAsync(Week, Limit, over, Stop)).Removed);
        await Store.PurgeAsync(Week, Limit, over + TimeSpan.FromMinutes(5), Stop);
        Assert.False(await ExistsAsync(Partition));
    }

    private async Task<List<Guid>> EndAsync(int jobs, DateTimeOffset? at = null)
    {
        var now = at ?? Noon;
        await Store.PurgeAsync(Week, Limit, now, Stop);
        var asked = Enumerable.Range(0, jobs).Select(_ => New() with { RunAt = now }).ToList();
        await Store.EnqueueAsync(asked, null, now, Stop);
        var node = await Store.AcquireAsync("node/b", "b", TimeSpan.FromDays(30), "{}", now, Stop);
        var request = new ClaimRequest { Node = "b", NodeToken = node!.Token, Limit = jobs, Handlers = new Dictionary<string, int?> { ["work"] = null } };
        var claimed = (await Store.ClaimAsync(request, now, Stop)).Jobs;
        Assert.Equal(jobs, claimed.Count);
        await Store.FinishAsync([.. claimed.Select(job => new Finish(job, new Outcome.Succeeded()) { StartedAt = now, EndedAt = now })], now, Stop);
        await Store.AppendAsync([.. claimed.Select(job => new JournalEntry { Subject = Subject.Of(job.Id), Kind = JournalKinds.Log, At = now, Data = "{}" })], Stop);
        return [.. claimed.Select(job => job.Id)];
    }

    private async Task<List<int>> PurgeUntilNothingAsync(DateTimeOffset now)
    {
        var removed = new List<int>();
        do
        {
            removed.Add((await Store.PurgeAsync(Week, Limit, now, Stop)).Removed);
        }
        while (removed[^1] > 0);
        return removed;
    }

    private Task<int> CountAsync(string table) => Connection.ExecuteScalarAsync<int>($"select count(*) from {Schema.Name}.{table}");
}
