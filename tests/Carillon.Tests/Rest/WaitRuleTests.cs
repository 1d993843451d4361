using Carillon.Cluster;
using Carillon.Insights;
using Carillon.Store;

namespace Carillon.Tests.Rest;

public sealed class WaitRuleTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Job Due = new()
    {
        Id = Guid.Empty,
        Handler = "mail.send",
        Queue = "mail",
        ScheduledAt = Now,
        RunAt = Now,
        CreatedAt = Now,
        ConcurrencyKey = "k",
    };

    [Fact]
    public void Nothing_holds_back_a_due_job_that_a_node_can_take() => Assert.Null(WaitRule.Decide(Due, At()));

    [Theory]
    [InlineData(JobState.Running)]
    [InlineData(JobState.Succeeded)]
    [InlineData(JobState.Dead)]
    [InlineData(JobState.Cancelled)]
    public void A_job_that_has_begun_waits_for_nothing(JobState state) => Assert.Null(WaitRule.Decide(Due with { State = state }, At(nodes: [])));

    [Fact]
    public void A_later_instant_goes_before_all_else() =>
        Assert.Equal(new WaitReason(WaitReason.NotDue, "due at 2027-01-01T12:00:01.000Z"), WaitRule.Decide(Due with { RunAt = Now.AddSeconds(1) }, At(nodes: [])));

    [Fact]
    public void A_retry_says_which_attempt_it_is() =>
        Assert.Equal("attempt 3 is due at 2027-01-01T12:00:01.000Z", WaitRule.Decide(Due with { RunAt = Now.AddSeconds(1), Attempt = 2 }, At())!.Detail);

    [Fact]
    public void Without_a_live_node_that_has_the_handler_it_waits_for_one() => Assert.Equal(WaitReason.NoHandler, WaitRule.Decide(Due, At(nodes: [Node("other")]))!.Reason);

    [Fact]
    public void Where_no_node_with_the_handler_serves_the_queue_it_says_which_they_serve() => Assert.Equal(
        new WaitReason(WaitReason.UnservedQueue, "no live node with 'mail.send' serves queue 'mail'; they serve ad_queue, default. Start one with --queues mail"),
        WaitRule.Decide(Due, At(nodes: [Node("mail.send") with { Queues = ["default", "ad_queue"] }, Node("other") with { Queues = ["mail"] }])));

    [Fact]
    public void Slots_of_nodes_that_serve_other_queues_do_not_count() => Assert.Equal(
        "all 4 slots of the nodes that have 'mail.send' are busy",
        WaitRule.Decide(Due, At(nodes: [Node("mail.send") with { Queues = ["mail"] }, Node("mail.send") with { Queues = ["default"] }], running: [Running("q", "other", 4)]))!.Detail);

    [Fact]
    public void A_drained_node_takes_nothing_and_is_named()
    {
        var wait = WaitRule.Decide(Due, At(nodes: []) with { Drained = [Node("mail.send")] });

        Assert.Equal(new WaitReason(WaitReason.NoHandler, "the live nodes that have a handler named 'mail.send' are drained (n); resume one or start another"), wait);
    }

    [Fact]
    public void A_paused_queue_is_named_with_who_and_why() => Assert.Equal(
        new WaitReason(WaitReason.PausedQueue, "queue 'mail' was paused by anna: moving"),
        WaitRule.Decide(Due, At(new QueueSettings { IsPaused = true, PausedBy = "anna", PauseReason = "moving" })));

    [Fact]
    public void A_full_queue_is_named_with_its_numbers() => Assert.Equal(
        new WaitReason(WaitReason.QueueLimit, "queue 'mail' runs 2 of at most 2 jobs"),
        WaitRule.Decide(Due, At(new QueueSettings { MaxConcurrent = 2 }, running: [Running("mail", "other", 2)])));

    [Fact]
    public void A_full_handler_is_named_with_its_numbers() => Assert.Equal(
        new WaitReason(WaitReason.HandlerLimit, "handler 'mail.send' runs 1 of at most 1 jobs"),
        WaitRule.Decide(Due, At(nodes: [Node("mail.send", maxConcurrent: 1)], running: [Running("q", "mail.send", 1)])));

    [Fact]
    public void A_busy_concurrency_key_is_named() => Assert.Equal(
        new WaitReason(WaitReason.ConcurrencyKey, "another job with the concurrency key 'k' runs"), WaitRule.Decide(Due, At(busy: ["k"])));

    [Fact]
    public void When_all_slots_are_busy_it_says_how_many() => Assert.Equal(
        new WaitReason(WaitReason.NoFreeSlot, "all 4 slots of the nodes that have 'mail.send' are busy"), WaitRule.Decide(Due, At(running: [Running("q", "other", 4)])));

    [Fact]
    public void Many_dependencies_are_cut() => Assert.EndsWith(
        " and 2 more", WaitRule.Decide(Due with { State = JobState.Waiting, After = [.. Enumerable.Repeat(new After(Guid.Empty), 7)] }, At())!.Detail, StringComparison.Ordinal);

    private static Situation At(QueueSettings? mail = null, IReadOnlyList<NodeManifest>? nodes = null, JobCount[]? running = null, string[]? busy = null, SpentBucket[]? spent = null) => new(
        Now, new Summary(running ?? [], (busy ?? []).ToHashSet(), spent ?? []), new Dictionary<string, QueueSettings> { ["mail"] = mail ?? new QueueSettings() }, nodes ?? [Node("mail.send")]);

    private static NodeManifest Node(string handler, int? maxConcurrent = null) => new("n", "1", 1, Now, 4, [ApiHost.Handler(handler, maxConcurrent)]);

    private static JobCount Running(string queue, string handler, long count) => new(queue, handler, JobState.Running, count, Now);
}
