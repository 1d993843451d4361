using System.Text.Json;
using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Store;
using Carillon.Store.Memory;
using Carillon.Testing;

namespace Carillon.Tests.Jobs;

public sealed class JobClientTests
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly VirtualClock _clock = new();
    private readonly MemoryStore _store = new();
    private readonly JobClient _client;
    private IReadOnlyDictionary<string, string?> _elsewhere = new Dictionary<string, string?>();

    public JobClientTests()
    {
        var handlers = new HandlerRegistry([new HandlerDefinition { Name = "letters", Queue = "paper", Run = static _ => Task.FromResult<Outcome?>(null) }], []);
        _client = new JobClient(_store, _clock, new JobIds(_clock, new Chance(1)), new HandlerQueues(handlers, _clock, _ => Task.FromResult(_elsewhere)), CarillonJson.Options([]));
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public async Task A_job_is_durable_under_the_id_of_its_receipt()
    {
        var receipt = await _client.EnqueueAsync("letters", new Letter("Ada", 2));

        var job = await _client.GetAsync(receipt.Id);
        Assert.Equal(EnqueueStatus.Created, receipt.Status);
        Assert.Equal((JobState.Pending, "paper", Now), (job!.State, job.Queue, job.RunAt));
        Assert.Equal("""{"to":"Ada","pages":2}""", System.Text.Encoding.UTF8.GetString(job.Args));
    }

    [Fact]
    public async Task A_store_that_joins_no_transaction_says_what_to_do_instead()
    {
        await using var transaction = new LooseTransaction();

        var refusal = await Assert.ThrowsAsync<NotSupportedException>(() => _client.EnqueueAsync(Request(), transaction));

        Assert.Contains("The store memory cannot take part", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("with a Key", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class LooseTransaction : System.Data.Common.DbTransaction
    {
        public override System.Data.IsolationLevel IsolationLevel => System.Data.IsolationLevel.ReadCommitted;

        protected override System.Data.Common.DbConnection? DbConnection => null;

        public override void Commit() { }

        public override void Rollback() { }
    }

    [Fact]
    public void A_receipt_that_a_host_answers_with_says_its_status_in_words()
    {
        var json = JsonSerializer.Serialize(new JobReceipt(Guid.Empty, EnqueueStatus.Existing), JsonSerializerOptions.Web);

        Assert.Equal("""{"id":"00000000-0000-0000-0000-000000000000","status":"existing"}""", json);
    }

    [Theory]
    [InlineData(null, null, "default")]
    [InlineData("letters", null, "paper")]
    [InlineData("letters", "urgent", "urgent")]
    public async Task The_requests_queue_goes_before_the_handlers(string? handler, string? queue, string expected)
    {
        var receipt = await _client.EnqueueAsync(new JobRequest { Handler = handler ?? "unknown", Queue = queue });

        Assert.Equal(expected, (await _client.GetAsync(receipt.Id))!.Queue);
    }

    [Fact]
    public async Task A_handler_that_only_other_nodes_have_brings_its_queue_and_is_remembered()
    {
        _elsewhere = new Dictionary<string, string?> { ["sync_domain_users"] = "ad_queue" };
        var first = await _client.EnqueueAsync(new JobRequest { Handler = "sync_domain_users" });
        _elsewhere = new Dictionary<string, string?>();
        _clock.Advance(TimeSpan.FromMinutes(1));
        var second = await _client.EnqueueAsync(new JobRequest { Handler = "sync_domain_users" });

        Assert.Equal(("ad_queue", "ad_queue"), ((await _client.GetAsync(first.Id))!.Queue, (await _client.GetAsync(second.Id))!.Queue));
    }

    [Fact]
    public async Task A_delay_is_counted_from_now_and_moves_with_the_clock()
    {
        var receipt = await _client.EnqueueAsync(Request() with { Delay = TimeSpan.FromMinutes(5) });

        var job = await _client.GetAsync(receipt.Id);
        Assert.Equal((Now.AddMinutes(5), true), (job!.RunAt, job.IsDelayed));
    }

    [Fact]
    public async Task All_faults_of_a_request_are_told_at_once_and_nothing_is_written()
    {
        var request = new JobRequest
        {
            Handler = " ",
            Queue = "a\nb",
            Key = new string('k', 201),
            Delay = TimeSpan.FromSeconds(-1),
            RunAt = Now,
            Priority = 101,
            Args = "{"u8.ToArray(),
            Retry = new RetryPolicy { Attempts = 0, Factor = double.NaN, Jitter = 2 },
            Timeout = TimeSpan.Zero,
            ExpiresAt = Now,
            KeyHold = TimeSpan.FromDays(-1),
            Tags = [""],
        };

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.EnqueueAsync(request));

        string[] fields =
        [
            "handler", "queue", "key", "delay", "delay", "expiresAt", "keyHold", "priority", "args",
            "retry.attempts", "retry.factor", "retry.jitter", "timeout", "tags",
        ];
        Assert.Equal(fields, error.Faults.Select(fault => fault.Field));
        Assert.Empty(await _client.ListAsync(new JobQuery()));
    }

    [Fact]
    public async Task A_fault_in_one_of_many_names_its_place_and_refuses_all()
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.EnqueueAsync([Request(), Request() with { Priority = -101 }, Request() with { Queue = "" }]));

        Assert.Equal(["jobs[1].priority", "jobs[2].queue"], error.Faults.Select(fault => fault.Field));
        Assert.Empty(await _client.ListAsync(new JobQuery()));
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public async Task A_thousand_are_taken_at_once_and_not_one_more(int count, bool isTaken)
    {
        var requests = Enumerable.Repeat(Request(), count).ToList();

        var error = await Record.ExceptionAsync(() => _client.EnqueueAsync(requests));

        Assert.Equal(isTaken, error is null);
    }

    [Fact]
    public async Task Arguments_of_more_than_the_limit_are_refused_by_their_size()
    {
        var args = JsonSerializer.SerializeToUtf8Bytes(new string('x', 256 * 1024));

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.EnqueueAsync(Request() with { Args = args }));

        Assert.Equal(("args", $"{args.Length} bytes"), (error.Faults[0].Field, error.Faults[0].Value));
    }

    [Fact]
    public async Task A_key_that_is_taken_is_answered_with_the_job_that_has_it()
    {
        var first = await _client.EnqueueAsync(Request() with { Key = "monday" });

        var second = await _client.EnqueueAsync(Request() with { Key = "monday" });

        Assert.Equal(new JobReceipt(first.Id, EnqueueStatus.Existing), second);
    }

    [Fact]
    public async Task A_dependency_that_does_not_exist_is_a_fault()
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _client.EnqueueAsync(Request() with { After = [new After(new Guid(9, 9, 9, new byte[8]))] }));

        Assert.Equal("after", error.Faults[0].Field);
    }

    [Fact]
    public async Task A_batch_is_followed_by_one_job_that_waits_for_all_of_it()
    {
        var receipts = await _client.EnqueueBatchAsync([Request(), Request()], Request() with { Tags = ["last"] });

        var last = await _client.GetAsync(receipts[2].Id);
        Assert.Equal((JobState.Waiting, 2), (last!.State, last.After.Count));
        Assert.Equal(receipts.Take(2).Select(receipt => receipt.Id), last.After.Select(after => after.Job));
    }

    [Fact]
    public async Task What_follows_a_batch_waits_for_the_job_that_already_has_a_key_of_the_batch()
    {
        var holder = await _client.EnqueueAsync(Request() with { Key = "monday" });

        var receipts = await _client.EnqueueBatchAsync([Request(), Request() with { Key = "monday" }], Request());

        var last = await _client.GetAsync(receipts[2].Id);
        Assert.Equal([receipts[0].Id, holder.Id], last!.After.Select(after => after.Job));
        Assert.Equal([EnqueueStatus.Created, EnqueueStatus.Existing, EnqueueStatus.Created], receipts.Select(receipt => receipt.Status));
        Assert.Equal(3, (await _client.ListAsync(new JobQuery())).Count);
    }

    [Fact]
    public async Task What_follows_a_batch_and_waits_for_an_unknown_job_too_is_refused_with_the_batch()
    {
        var then = Request() with { After = [new After(new Guid(9, 9, 9, new byte[8]))] };

        await Assert.ThrowsAsync<InvalidRequestException>(() => _client.EnqueueBatchAsync([Request()], then));

        Assert.Empty(await _client.ListAsync(new JobQuery()));
    }

    [Fact]
    public async Task Nothing_to_enqueue_is_no_fault() => Assert.Empty(await _client.EnqueueAsync([]));

    [Fact]
    public async Task Waiting_ends_with_the_job()
    {
        var receipt = await _client.EnqueueAsync(Request());
        var wait = _client.WaitAsync(receipt.Id, TimeSpan.FromMinutes(1));
        var early = wait.IsCompleted;

        await _client.CancelAsync(new JobFilter { Ids = [receipt.Id] }, new Act("ada", "cli", "job.cancel"));

        Assert.False(early);
        Assert.Equal(JobState.Cancelled, (await wait)!.State);
    }

    [Fact]
    public async Task Waiting_ends_with_the_time_out_and_shows_the_job_as_it_stands()
    {
        var receipt = await _client.EnqueueAsync(Request());
        var wait = _client.WaitAsync(receipt.Id, TimeSpan.FromMinutes(1));

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(JobState.Pending, (await wait)!.State);
    }

    [Fact]
    public async Task Waiting_for_one_that_has_ended_or_never_was_takes_no_time()
    {
        var receipt = await _client.EnqueueAsync(Request());
        await _client.CancelAsync(new JobFilter(), new Act("ada", "cli", "job.cancel"));

        Assert.Equal(JobState.Cancelled, (await _client.WaitAsync(receipt.Id, TimeSpan.Zero))!.State);
        Assert.Null(await _client.WaitAsync(new Guid(9, 9, 9, new byte[8]), TimeSpan.FromDays(1)));
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_no_answer()
    {
        var receipt = await _client.EnqueueAsync(Request());
        using var giveUp = new CancellationTokenSource();
        var wait = _client.WaitAsync(receipt.Id, TimeSpan.FromMinutes(1), giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task Ends_while_waits_come_and_go_do_not_disturb_the_store()
    {
        var receipts = await _client.EnqueueAsync([.. Enumerable.Repeat(Request(), 300)]);
        var waits = Task.WhenAll(receipts.Select(receipt => Task.Run(() => _client.WaitAsync(receipt.Id, TimeSpan.FromDays(1)))));

        var cancelled = 0;
        foreach (var receipt in receipts)
        {
            cancelled += (await _client.CancelAsync(new JobFilter { Ids = [receipt.Id] }, new Act("ada", "cli", "job.cancel"))).Count;
        }

        Assert.Equal(300, cancelled);
        Assert.All(await waits, job => Assert.Equal(JobState.Cancelled, job!.State));
    }

    [Fact]
    public async Task Retrying_makes_a_dead_job_due_with_all_its_attempts_before_it()
    {
        var receipt = await _client.EnqueueAsync(Request());
        await _store.AcquireAsync("node/n", "n", TimeSpan.FromMinutes(1), "{}", Now, Stop);
        var claim = new ClaimRequest { Node = "n", NodeToken = 1, Limit = 1, Handlers = new Dictionary<string, int?> { ["letters"] = null } };
        var job = (await _store.ClaimAsync(claim, Now, Stop)).Jobs[0];
        await _store.FinishAsync([new Finish(job, new Outcome.Dead("attempts", "it failed")) { StartedAt = Now, EndedAt = Now }], Now, Stop);

        var retried = await _client.RetryAsync(new JobFilter { States = [JobState.Dead] }, new Act("ada", "cli", "job.retry"));

        var after = await _client.GetAsync(receipt.Id);
        Assert.Equal([receipt.Id], retried);
        Assert.Equal((JobState.Pending, 0), (after!.State, after.Attempt));
    }

    private static JobRequest Request() => new() { Handler = "letters" };

    private sealed record Letter(string To, int Pages);
}
