namespace Carillon.Store.Tests;

// How long ended jobs are kept where their handler says so.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_job_is_kept_as_long_as_its_handler_wants()
    {
        var (longer, shorter, plain) = (await EndKeptAsync(20 * Day), await EndKeptAsync(Hour), await EndKeptAsync(null));

        await Store.PurgeAsync(Week, 100, Noon + Hour - Milli, Stop);
        Assert.Equal([longer, shorter, plain], await ThereAsync(longer, shorter, plain));

        await Store.PurgeAsync(Week, 100, Noon + Hour, Stop);
        Assert.Equal([longer, plain], await ThereAsync(longer, shorter, plain));

        await Store.PurgeAsync(Week, 100, Noon + (8 * Day), Stop);
        Assert.Equal([longer], await ThereAsync(longer, shorter, plain));

        await Store.PurgeAsync(Week, 100, Noon + (20 * Day), Stop);
        Assert.Empty(await ThereAsync(longer, shorter, plain));
    }

    [Fact]
    public async Task A_dead_job_is_kept_for_the_longer_of_the_two()
    {
        var (longer, shorter) = (await EndKeptAsync(60 * Day, Failed), await EndKeptAsync(Hour, Failed));

        await Store.PurgeAsync(Week, 100, Noon + (29 * Day), Stop);
        Assert.Equal([longer, shorter], await ThereAsync(longer, shorter));

        await Store.PurgeAsync(Week, 100, Noon + (59 * Day), Stop);
        Assert.Equal([longer], await ThereAsync(longer, shorter));

        await Store.PurgeAsync(Week, 100, Noon + (60 * Day), Stop);
        Assert.Empty(await ThereAsync(longer, shorter));
    }

    [Fact]
    public async Task What_is_kept_is_told_with_the_job()
    {
        Assert.Equal(Hour, (await LoadAsync(await EndKeptAsync(Hour))).KeepFor);
        Assert.Null((await LoadAsync(await EndKeptAsync(null))).KeepFor);
    }

    [Fact]
    public async Task A_key_holds_a_job_that_its_handler_would_let_go()
    {
        var job = await EndKeptAsync(Minute, ask: Ask() with { Key = "only", KeyHold = Hour });

        await Store.PurgeAsync(Week, 100, Noon + (2 * Minute), Stop);
        Assert.Equal([job], await ThereAsync(job));

        await Store.PurgeAsync(Week, 100, Noon + Hour, Stop);
        Assert.Empty(await ThereAsync(job));
    }

    [Fact]
    public async Task What_is_kept_longer_does_not_keep_what_ended_after_it()
    {
        var kept = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            kept.Add(await EndKeptAsync(365 * Day));
        }

        var plain = await EndKeptAsync(null, now: Noon + Minute);
        await Store.PurgeAsync(Week, 2, Noon + (6 * Day), Stop);
        await Store.PurgeAsync(Week, 2, Noon + (8 * Day), Stop);

        Assert.Equal(kept, await ThereAsync([.. kept, plain]));
    }

    [Fact]
    public async Task A_job_that_ends_with_a_clock_set_back_is_still_let_go()
    {
        await EndKeptAsync(null);
        await Store.PurgeAsync(Week, 100, Noon + (8 * Day), Stop);

        var early = await EndKeptAsync(null, now: Noon - Day);
        await Store.PurgeAsync(Week, 100, Noon + (16 * Day), Stop);

        Assert.Empty(await ThereAsync(early));
    }

    private async Task<Guid> EndKeptAsync(TimeSpan? keepFor, Outcome? outcome = null, NewJob? ask = null, DateTimeOffset? now = null)
    {
        var at = now ?? Noon;
        var job = await RunAsync(ask ?? Ask(), at);
        Assert.True(Assert.Single(await Store.FinishAsync([EndOf(job, outcome ?? Done, at) with { KeepFor = keepFor }], at, Stop)));
        return job.Id;
    }

    private async Task<IReadOnlyList<Guid>> ThereAsync(params Guid[] ids)
    {
        var there = new List<Guid>();
        foreach (var id in ids)
        {
            if (await Store.GetAsync(id, Stop) is not null)
            {
                there.Add(id);
            }
        }

        return there;
    }
}
