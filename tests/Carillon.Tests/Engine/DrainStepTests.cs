using Carillon.Cluster;
using Carillon.Engine;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Tests.Engine;

public sealed class DrainStepTests
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly EngineRig _rig = new(new EngineOptions { Node = "rig", DrainTimeout = TimeSpan.FromSeconds(30) });

    [Fact]
    public async Task A_node_that_was_asked_takes_no_job_from_the_moment_it_hears_of_it()
    {
        await AskAsync();

        var id = await _rig.EnqueueAsync();
        await _rig.ClaimAsync();

        Assert.Equal(JobState.Pending, (await _rig.JobAsync(id)).State);
        Assert.Equal(NodeState.Drained, (await NodeAsync()).State);
    }

    [Fact]
    public async Task What_runs_has_its_time_to_end()
    {
        var gate = _rig.HoldWork();
        var id = await BeginAsync();
        var next = await AskAsync();
        var between = await NodeAsync();

        gate.Open();
        await _rig.FinishAsync();
        await DrainAsync();

        Assert.Equal((_rig.Now.AddSeconds(30), NodeState.Draining), (next, between.State));
        Assert.Equal((JobState.Succeeded, NodeState.Drained), ((await _rig.JobAsync(id)).State, (await NodeAsync()).State));
        Assert.Contains("drain", _rig.Pulses);
    }

    [Fact]
    public async Task What_does_not_end_in_time_is_stopped_and_released_without_burning_an_attempt()
    {
        var gate = _rig.HoldWork();
        var id = await BeginAsync();
        await AskAsync(new DrainRequest { Grace = TimeSpan.FromSeconds(5) });

        _rig.Clock.Advance(TimeSpan.FromSeconds(5));
        await DrainAsync();
        await _rig.FinishAsync();
        await DrainAsync();

        var job = await _rig.JobAsync(id);
        Assert.Equal((JobState.Pending, 0, 0, StopCause.Shutdown), (job.State, job.Attempt, job.OwnerLosses, gate.Context!.StopCause));
        Assert.Equal(NodeState.Drained, (await NodeAsync()).State);
    }

    [Fact]
    public async Task What_does_not_stop_either_is_handed_over_and_its_end_is_refused()
    {
        var gate = _rig.HoldWork(isStoppable: false);
        var id = await BeginAsync();
        await AskAsync(new DrainRequest { Grace = TimeSpan.Zero });
        var before = (await _rig.JobAsync(id)).State;

        _rig.Clock.Advance(TimeSpan.FromSeconds(2));
        await DrainAsync();
        var job = await _rig.JobAsync(id);
        gate.Open();
        await _rig.FinishAsync();

        Assert.Equal((JobState.Running, JobState.Pending, 0, 0), (before, job.State, job.Attempt, job.OwnerLosses));
        Assert.Equal(StopCause.ClaimLost, gate.Context!.StopCause);
        Assert.Equal(JobState.Pending, (await _rig.JobAsync(id)).State);
    }

    [Fact]
    public async Task A_resumed_node_takes_jobs_again()
    {
        await AskAsync();
        var id = await _rig.EnqueueAsync();

        await Nodes().ResumeAsync("rig", By("node.resume"), Stop);
        await _rig.BeatAsync();
        await DrainAsync();
        await _rig.RunAsync();

        Assert.Equal((JobState.Succeeded, NodeState.Working), ((await _rig.JobAsync(id)).State, (await NodeAsync()).State));
        Assert.Contains("schedules", _rig.Pulses);
    }

    [Fact]
    public async Task A_draining_node_leads_no_more_and_fires_no_schedule()
    {
        await _rig.BeatAsync();
        var led = _rig.Node.Leadership.IsLeader;

        await AskAsync();

        Assert.Equal((true, false), (led, _rig.Node.Leadership.IsLeader));
        Assert.Null(await _rig.Node.Schedules.RunOnceAsync(Stop));
        Assert.Equal(0, _rig.Spy.Count("ListDueAsync"));
    }

    [Fact]
    public async Task One_that_is_to_leave_ends_its_process_once_it_is_drained()
    {
        var gate = _rig.HoldWork();
        await BeginAsync();
        await AskAsync(new DrainRequest { Exit = true });
        var before = _rig.Pulses.Count(pulse => pulse == "leave");

        gate.Open();
        await _rig.FinishAsync();
        await DrainAsync();
        await DrainAsync();

        Assert.Equal((0, 1), (before, _rig.Pulses.Count(pulse => pulse == "leave")));
    }

    [Fact]
    public async Task A_drained_node_can_be_asked_to_leave_too()
    {
        await AskAsync();
        _rig.Clock.Advance(TimeSpan.FromSeconds(1));

        await AskAsync(new DrainRequest { Exit = true });

        Assert.Contains("leave", _rig.Pulses);
    }

    [Fact]
    public async Task What_was_asked_of_an_earlier_life_of_the_node_is_not_meant_for_this_one()
    {
        var earlier = new NodeWish { StartedAt = _rig.Now.AddDays(-1), IsDraining = true };
        await _rig.Memory.PutDefinitionAsync(DefinitionKinds.Node, "rig", earlier.ToJson(), null, null, _rig.Now, Stop);

        var id = await _rig.EnqueueAsync();
        await _rig.BeatAsync();
        await _rig.RunAsync();

        Assert.Equal((JobState.Succeeded, NodeState.Working), ((await _rig.JobAsync(id)).State, (await NodeAsync()).State));
    }

    [Fact]
    public async Task Who_asked_and_when_it_was_done_stand_in_the_nodes_journal()
    {
        await AskAsync();

        var journal = await _rig.Memory.ReadAsync(new JournalQuery { Subject = new Subject(SubjectKind.Node, "rig") }, Stop);

        Assert.Equal(["ada", "rig"], journal.Select(entry => entry.Who));
        Assert.Contains("node.drain", journal[0].Data, StringComparison.Ordinal);
        Assert.Contains("node.drained", journal[1].Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_nodes_that_are_gone_nothing_is_wanted_any_more()
    {
        await _rig.Memory.PutDefinitionAsync(DefinitionKinds.Node, "gone", new NodeWish().ToJson(), null, null, _rig.Now, Stop);

        await AskAsync();

        Assert.Equal(["rig"], (await _rig.Memory.ListDefinitionsAsync(DefinitionKinds.Node, Stop)).Select(definition => definition.Name));
    }

    [Fact]
    public async Task A_node_that_does_not_live_cannot_be_asked()
    {
        Assert.False(await Nodes().DrainAsync("nobody", new DrainRequest(), By("node.drain"), Stop));
        Assert.Empty(await _rig.Memory.ListDefinitionsAsync(DefinitionKinds.Node, Stop));
    }

    [Fact]
    public async Task A_grace_time_has_its_limits() =>
        await Assert.ThrowsAsync<InvalidRequestException>(() => Nodes().DrainAsync("rig", new DrainRequest { Grace = TimeSpan.FromDays(2) }, By("node.drain"), Stop));

    private static Act By(string what) => new("ada", "cli", what);

    private NodeClient Nodes() => new(_rig.Store, _rig.Clock, Reader());

    private ClusterReader Reader() => new(_rig.Store, _rig.Clock, "rig");

    private async Task<NodeView> NodeAsync() => Assert.Single(await Reader().ListNodesAsync(Stop));

    private async Task<Guid> BeginAsync()
    {
        var id = await _rig.EnqueueAsync();
        await _rig.RunAsync();
        return id;
    }

    // As the signal does it: the node's heartbeat comes at once.
    private async Task<DateTimeOffset?> AskAsync(DrainRequest? request = null)
    {
        await _rig.BeatAsync();
        await Nodes().DrainAsync("rig", request ?? new DrainRequest(), By("node.drain"), Stop);
        await _rig.BeatAsync();
        return await DrainAsync();
    }

    private Task<DateTimeOffset?> DrainAsync() => _rig.Node.Drain.RunOnceAsync(Stop);
}
