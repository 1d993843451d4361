using Carillon.Store;

namespace Carillon.Tests.Engine;

public sealed class FinishStepTests
{
    [Fact]
    public async Task Ends_that_the_store_could_not_take_stay_in_hand()
    {
        var rig = new EngineRig();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        rig.Spy.Fail("FinishAsync");
        await Assert.ThrowsAsync<StoreUnavailableException>(rig.FinishAsync);
        var open = rig.Node.Finishes.Open;
        rig.Spy.Heal("FinishAsync");

        await rig.FinishAsync();

        Assert.Equal((1, 0), (open, rig.Node.Finishes.Open));
        Assert.Equal(JobState.Succeeded, (await rig.JobAsync(id)).State);
    }

    [Fact]
    public async Task An_end_whose_answer_was_lost_is_refused_the_second_time_and_changes_nothing()
    {
        var rig = new EngineRig();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        rig.Spy.LoseReply("FinishAsync");
        await Assert.ThrowsAsync<StoreUnavailableException>(rig.FinishAsync);
        rig.Spy.Heal("FinishAsync");
        var written = await rig.JobAsync(id);

        await rig.FinishAsync();

        Assert.Equal(0, rig.Node.Finishes.Open);
        Assert.Equal(written, await rig.JobAsync(id));
        Assert.Equal(1, rig.Logs.Count(1014));
    }

    [Fact]
    public async Task A_refused_end_is_told_to_no_output()
    {
        var rig = new EngineRig();
        var told = new List<Finish>();
        rig.Node.Finishes.Finished += told.Add;
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        await rig.Memory.ReturnAsync("rig", new HashSet<(Guid, long)>(), rig.Now, EngineRig.Stop);

        await rig.FinishAsync();

        Assert.Empty(told);
        Assert.Equal(JobState.Pending, (await rig.JobAsync(id)).State);
    }

    [Fact]
    public async Task An_output_that_throws_neither_loses_nor_repeats_an_end()
    {
        var rig = new EngineRig();
        var told = 0;
        rig.Node.Finishes.Finished += _ => throw new IOException($"output {++told} is full");
        await rig.EnqueueAsync();
        await rig.EnqueueAsync();

        await rig.RunAsync();

        Assert.Equal((2, 0), (told, rig.Node.Finishes.Open));
        Assert.Equal(1, rig.Spy.Count("FinishAsync"));
        Assert.Equal(2, rig.Logs.Count(1016));
    }

    [Fact]
    public async Task A_write_is_not_given_up_half_way_when_the_host_stops()
    {
        var rig = new EngineRig();
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        await rig.ClaimAsync();
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();

        await rig.Node.Finishes.RunOnceAsync(stopping.Token);

        Assert.Equal(JobState.Succeeded, (await rig.JobAsync(id)).State);
    }

    [Fact]
    public async Task What_has_gathered_is_written_in_one_call()
    {
        var rig = new EngineRig();
        for (var i = 0; i < 20; i++)
        {
            await rig.EnqueueAsync();
        }

        await rig.RunAsync();

        Assert.Equal(1, rig.Spy.Count("FinishAsync"));
    }

    [Fact]
    public async Task With_nothing_to_write_it_waits_to_be_woken() => Assert.Null(await new EngineRig().FinishAsync());

    [Theory]
    [InlineData("the store is read once more", false)]
    [InlineData("the store is away for a while", true)]
    public async Task An_end_that_the_handlers_own_transaction_wrote_is_told_and_not_written_again(string what, bool isAwayFirst)
    {
        var rig = new EngineRig();
        var told = new List<Finish>();
        rig.Node.Finishes.Finished += told.Add;
        var job = await ClaimedAsync(rig);
        await rig.Memory.FinishAsync([EndOf(job, new Outcome.Succeeded("42"))], rig.Now, EngineRig.Stop);
        rig.Node.Finishes.Add(EndOf(job, new Outcome.Retry(rig.Now, "thrown after the commit")) with { IsInDoubt = true, Facts = [LineOf(job, what)] });
        if (isAwayFirst)
        {
            rig.Spy.Fail("GetAsync");
            await Assert.ThrowsAsync<StoreUnavailableException>(rig.FinishAsync);
            rig.Spy.Heal("GetAsync");
        }

        await rig.FinishAsync();

        Assert.Equal((0, 0), (rig.Node.Finishes.Open, rig.Spy.Count("FinishAsync")));
        Assert.Equal(new Outcome.Succeeded("42").Result, Assert.IsType<Outcome.Succeeded>(Assert.Single(told).Outcome).Result);
        Assert.Equal(JobState.Succeeded, (await rig.JobAsync(job.Id)).State);
        Assert.Contains(what, Assert.Single(await rig.JournalAsync(job.Id, JournalKinds.Log)).Data, StringComparison.Ordinal);
        Assert.Equal(1, rig.Logs.Count(1017));
    }

    [Fact]
    public async Task An_end_that_the_handlers_own_transaction_did_not_write_is_written()
    {
        var rig = new EngineRig();
        var job = await ClaimedAsync(rig);
        rig.Node.Finishes.Add(EndOf(job, new Outcome.Retry(rig.Now, "rolled back")) with { IsInDoubt = true });

        await rig.FinishAsync();

        Assert.Equal((JobState.Pending, "rolled back"), ((await rig.JobAsync(job.Id)).State, (await rig.JobAsync(job.Id)).Error));
    }

    private static async Task<Job> ClaimedAsync(EngineRig rig)
    {
        var id = await rig.EnqueueAsync();
        await rig.BeatAsync();
        var request = new ClaimRequest { Node = "rig", NodeToken = rig.Node.Lease.Token, Limit = 1, Handlers = new Dictionary<string, int?> { ["work"] = null } };
        await rig.Memory.ClaimAsync(request, rig.Now, EngineRig.Stop);
        return await rig.JobAsync(id);
    }

    private static Finish EndOf(Job job, Outcome outcome) => new(job, outcome) { StartedAt = job.StartedAt!.Value, EndedAt = job.StartedAt!.Value };

    private static JournalEntry LineOf(Job job, string text) => new() { Subject = Subject.Of(job.Id), Kind = JournalKinds.Log, At = job.StartedAt!.Value, Data = $$"""{"text":"{{text}}"}""" };
}
