using Carillon.Generators.Tests.Fixtures;
using Carillon.Jobs;
using Carillon.Store;
using Carillon.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Generators.Tests;

/// <summary>From the typed call through the real engine to the handler.</summary>
public sealed class WholeTests : IAsyncLifetime
{
    private readonly Diary _diary = new();
    private CarillonHarness? _harness;

    private CarillonHarness Harness => _harness!;

    public async Task InitializeAsync() => _harness = await CarillonHarness.StartAsync(carillon =>
    {
        carillon.Services.AddSingleton(_diary);
        carillon.AddHandlers();
    });

    public async Task DisposeAsync() => await Harness.DisposeAsync();

    [Fact]
    public async Task A_typed_call_runs_the_handler_and_keeps_its_result()
    {
        var receipt = await Harness.Jobs.EnqueueAsync(LetterJobs.UnlockDueJob(Guid.Empty, grace: TimeSpan.FromMinutes(5)));

        await Harness.AdvanceAsync(TimeSpan.FromSeconds(1));

        var job = await Harness.Jobs.GetAsync(receipt.Id);
        Assert.Equal(["unlock 00000000000000000000000000000000 100 00:05:00"], _diary.Lines);
        Assert.Equal((JobState.Succeeded, "letters", "100"), (job!.State, job.Queue, job.Result));
    }

    [Fact]
    public async Task A_record_is_written_when_it_is_enqueued_and_a_delay_holds()
    {
        await Harness.Jobs.EnqueueAsync(LetterJobs.SendJob(new Letter(Guid.Empty, "hello", DayOfWeek.Friday)) with { Delay = TimeSpan.FromMinutes(10) });

        await Harness.AdvanceAsync(TimeSpan.FromMinutes(9));
        var early = _diary.Lines.Count;
        await Harness.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(0, early);
        Assert.Equal(["send hello Friday 1"], _diary.Lines);
    }

    [Fact]
    public async Task Records_in_a_list_and_an_outcome()
    {
        var receipts = await Harness.Jobs.EnqueueBatchAsync(
            [LetterJobs.BatchJob([new Letter(Guid.Empty, "a", DayOfWeek.Monday)]), Tools.AddJob(right: 5)], CloseDiary.Job(new DateOnly(2027, 1, 31)));

        await Harness.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(["batch 1", "batch 1", "close 2027-01-31 True"], _diary.Lines);
        Assert.Equal("6", (await Harness.Jobs.GetAsync(receipts[1].Id))!.Result);
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_end_the_job_at_once_with_the_place()
    {
        var receipt = await Harness.Jobs.EnqueueAsync(new JobRequest { Handler = "letters.unlock-due", Args = """{"campus":"north"}"""u8.ToArray() });

        await Harness.AdvanceAsync(TimeSpan.FromSeconds(1));

        var job = await Harness.Jobs.GetAsync(receipt.Id);
        Assert.Equal((JobState.Dead, "arguments", 1), (job!.State, job.Reason, job.Attempt));
        Assert.Equal("$.campus: 'north' does not fit; expected a UUID", job.Error);
    }

    [Fact]
    public async Task Schedules_on_code_fire()
    {
        await Harness.AdvanceAsync(TimeSpan.FromHours(2.5));

        Assert.Equal(2, _diary.Lines.Count);
        Assert.Equal("Europe/Berlin", (await Harness.Schedules.GetAsync("evening"))!.Zone);
    }
}
