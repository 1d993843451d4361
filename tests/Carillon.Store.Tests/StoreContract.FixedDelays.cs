namespace Carillon.Store.Tests;

// The next instant counts from the end of the job.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_fixed_delay_counts_from_the_end_of_the_job()
    {
        var schedule = await FireFixedDelayAsync();
        Assert.Null((await LoadScheduleAsync(schedule.Name)).NextAt);
        var job = await ClaimOneAsync(await JoinAsync("a"));

        await FinishAsync(job, new Outcome.Retry(Noon + Minute, "it broke"), Noon + Minute);
        Assert.Null((await LoadScheduleAsync(schedule.Name)).NextAt);
        await FinishAsync(await ClaimOneAsync(await JoinAsync("a"), Noon + Minute), Done, Noon + Hour);

        var woken = await LoadScheduleAsync(schedule.Name);
        Assert.Equal((Noon + Hour + Minute, 1L), (woken.NextAt!.Value, woken.Version));
    }

    [Theory]
    [InlineData("dead")]
    [InlineData("cancelled")]
    [InlineData("expired")]
    [InlineData("dependency")]
    [InlineData("poison")]
    [InlineData("replaced")]
    public async Task A_fixed_delay_counts_from_whichever_end(string end)
    {
        var parent = end == "dependency" ? await RunAsync(Ask("other")) : null;
        var schedule = await FireFixedDelayAsync(job => job with
        {
            ExpiresAt = end == "expired" ? Noon + Second : null,
            Key = "k",
            After = parent is null ? [] : [new After(parent.Id)],
        });
        var id = Assert.Single(await JobsOfAsync(schedule)).Id;

        var endedAt = await EndByAsync(end, id, parent);

        Assert.Equal(endedAt + Minute, (await LoadScheduleAsync(schedule.Name)).NextAt);
    }

    [Fact]
    public async Task A_fixed_delay_leaves_a_next_instant_that_is_there()
    {
        var schedule = await PutAsync(Nightly());
        await FireAsync(FiringOf(schedule) with { Jobs = [JobOf(schedule, Noon) with { ScheduleDelay = Minute }] });

        await FinishAsync(await ClaimOneAsync(await JoinAsync("a")), Done);

        Assert.Equal(Noon + Hour, (await LoadScheduleAsync(schedule.Name)).NextAt);
    }

    [Theory]
    [InlineData("paused")]
    [InlineData("ended")]
    [InlineData("counted out")]
    [InlineData("removed")]
    public async Task A_fixed_delay_wakes_no_schedule_that_may_not_fire(string because)
    {
        var schedule = await FireFixedDelayAsync();
        var read = await LoadScheduleAsync(schedule.Name);
        _ = because switch
        {
            "paused" => await Store.PutSchedulesAsync([read with { Mode = ScheduleMode.Paused }], null, Noon, Stop),
            "ended" => await Store.PutSchedulesAsync([read with { EndAt = Noon + Minute - Second }], null, Noon, Stop),
            "counted out" => await Store.PutSchedulesAsync([read with { MaxCount = 1 }], null, Noon, Stop),
            _ => (await Store.RemoveSchedulesAsync([read.Name], null, Noon, Stop)).Count > 0,
        };

        await FinishAsync(await ClaimOneAsync(await JoinAsync("a")), Done);

        Assert.Null((await Store.GetScheduleAsync(schedule.Name, Stop))?.NextAt);
    }

    /// <summary>A schedule whose job was made at noon, and whose next instant is a minute after that one's end.</summary>
    private async Task<Schedule> FireFixedDelayAsync(Func<NewJob, NewJob>? shape = null)
    {
        var schedule = await PutAsync(Nightly());
        var job = JobOf(schedule, Noon) with { ScheduleDelay = Minute };
        Assert.Equal(1, (await FireAsync(FiringOf(schedule) with { NextAt = null, Jobs = [shape?.Invoke(job) ?? job] })).Made);
        return schedule;
    }

    private async Task<DateTimeOffset> EndByAsync(string end, Guid id, Job? parent)
    {
        var now = Noon + Second;
        switch (end)
        {
            case "dead":
                await FinishAsync(await ClaimOneAsync(await JoinAsync("a")), Failed, now);
                break;
            case "cancelled":
                await ChangeAsync(id, JobChange.Cancel, now);
                break;
            case "expired":
                Assert.Empty((await ClaimAsync(await JoinAsync("a"), now)).Jobs);
                break;
            case "dependency":
                await FinishAsync(parent!, Failed, now);
                break;
            case "poison":
                return await LoseTimesAsync(id, 3);
            default:
                await EnqueueAsync(Ask() with { Key = "k", OnConflict = OnConflict.Replace }, now);
                break;
        }

        return now;
    }
}
