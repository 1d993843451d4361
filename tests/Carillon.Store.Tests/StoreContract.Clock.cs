namespace Carillon.Store.Tests;

// The machine's clock steps.
public abstract partial class StoreContract
{
    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public async Task A_step_of_the_clock_moves_delays_and_leases_along(int seconds)
    {
        var step = TimeSpan.FromSeconds(seconds);
        var delayed = await MakeAsync(Ask() with { RunAt = Noon + Minute, IsDelayed = true });
        var retried = await RunAsync();
        await FinishAsync(retried, new Outcome.Retry(Noon + Minute, "it broke"));
        var lease = await AcquireAsync("a");

        await Store.ShiftDelaysAsync(step, Stop);

        Assert.Equal(Noon + Minute + step, (await LoadAsync(delayed.Id)).RunAt);
        Assert.Equal(Noon + Minute + step, (await LoadAsync(retried.Id)).RunAt);
        Assert.Equal(lease! with { Until = lease.Until + step }, Assert.Single(await Store.ListLeasesAsync("leader", Noon + step, Stop)));
    }

    [Fact]
    public async Task A_step_of_the_clock_leaves_instants_of_a_calendar()
    {
        var named = await MakeAsync(Ask() with { RunAt = Noon + Minute, ExpiresAt = Noon + Hour });
        var ended = await MakeInStateAsync(JobState.Succeeded, Ask() with { IsDelayed = true });
        var schedule = await PutAsync(Nightly());

        await Store.ShiftDelaysAsync(Hour, Stop);

        Assert.Equal((Noon + Minute, Noon + Hour), ((await LoadAsync(named.Id)).RunAt, (await LoadAsync(named.Id)).ExpiresAt!.Value));
        Assert.Equal((ended.RunAt, ended.FinishedAt), ((await LoadAsync(ended.Id)).RunAt, (await LoadAsync(ended.Id)).FinishedAt));
        Assert.Equal(schedule.NextAt, (await LoadScheduleAsync(schedule.Name)).NextAt);
    }

    [Fact]
    public async Task A_node_keeps_its_jobs_over_a_step_of_the_clock()
    {
        var job = await RunOnMortalAsync();

        await Store.ShiftDelaysAsync(Hour, Stop);

        Assert.Empty(await Store.ReclaimAsync(LeaseEnd + Hour - Second, Stop));
        Assert.Equal([job.Id], await Store.ReclaimAsync(LeaseEnd + Hour, Stop));
    }

    [Fact]
    public async Task A_lease_given_up_stays_so_over_a_step_of_the_clock()
    {
        var lease = await AcquireAsync("a");
        await Store.ReleaseAsync("leader", lease!.Token, Stop);

        await Store.ShiftDelaysAsync(-Hour, Stop);

        Assert.NotNull(await AcquireAsync("b", Noon - Hour));
    }
}
