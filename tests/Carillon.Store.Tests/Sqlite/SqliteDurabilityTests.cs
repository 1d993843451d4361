using Carillon.Sqlite;

namespace Carillon.Store.Tests.Sqlite;

/// <summary>What a kill, a torn file and a full disk leave.</summary>
public sealed class SqliteDurabilityTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task After_a_kill_every_running_job_is_taken_back_at_once()
    {
        await using var killed = await _directory.OpenAsync();
        var job = await RunOneAsync(killed);
        await using var heir = await OpenCopyAsync("heir");

        var lost = await heir.ReclaimAsync(Noon, Stop);

        Assert.Equal([job.Id], lost);
        var again = (await heir.GetAsync(job.Id, Stop))!;
        Assert.Equal((JobState.Pending, 1, 0), (again.State, again.OwnerLosses, again.Attempt));
    }

    [Fact]
    public async Task A_claim_from_before_a_kill_ends_nothing_after_it()
    {
        await using var killed = await _directory.OpenAsync();
        var job = await RunOneAsync(killed);
        await using var heir = await OpenCopyAsync("heir");
        await heir.ReclaimAsync(Noon, Stop);

        var again = await ClaimOneAsync(heir);

        Assert.True(again.Token > job.Token);
        Assert.Equal([false], await heir.FinishAsync([End(job)], Noon, Stop));
        Assert.Equal([true], await heir.FinishAsync([End(again)], Noon, Stop));
    }

    [Fact]
    public async Task A_lease_taken_after_a_kill_has_a_greater_token()
    {
        await using var killed = await _directory.OpenAsync();
        var before = await killed.AcquireAsync("leader", "a", TimeSpan.FromDays(1), "{}", Noon, Stop);
        await using var heir = await OpenCopyAsync("heir");

        var after = await heir.AcquireAsync("leader", "b", TimeSpan.FromDays(1), "{}", Noon, Stop);

        Assert.True(after!.Token > before!.Token);
    }

    [Fact]
    public async Task What_limits_a_claim_is_known_again_after_reopening()
    {
        await using (var first = await _directory.OpenAsync())
        {
            await first.PutDefinitionAsync(DefinitionKinds.Queue, "default", """{"isPaused":true}""", null, null, Noon, Stop);
            await first.EnqueueAsync([.. StoreDirectory.NewJobs(3).Select(job => job with { ConcurrencyKey = "one", Priority = 3 })], null, Noon, Stop);
        }

        await using var second = await _directory.OpenAsync();

        Assert.Empty((await ClaimAsync(second)).Jobs);
        await second.RemoveDefinitionAsync(DefinitionKinds.Queue, "default", null, Noon, Stop);
        Assert.Single((await ClaimAsync(second)).Jobs);
    }

    [Fact]
    public async Task A_torn_wal_keeps_the_commits_before_the_tear()
    {
        var jobs = await WriteOneByOneAsync(40);
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            await CutWalAsync($"cut{i}", wal => wal[..random.Next(wal.Length)], jobs);
        }
    }

    [Fact]
    public async Task A_flipped_byte_in_the_wal_ends_what_is_read_of_it_there()
    {
        var jobs = await WriteOneByOneAsync(40);
        var random = new Random(8);
        for (var i = 0; i < 40; i++)
        {
            await CutWalAsync($"flip{i}", wal => Flip(wal, random.Next(32, wal.Length)), jobs);
        }
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_but_not_reads_and_goes_on_once_there_is_space()
    {
        await using var store = await _directory.OpenAsync(options => options.MaxBytes = 2_000_000);
        var ended = await EndSomeAsync(store, 300);

        var refusal = await FillUpAsync(store);

        Assert.True(refusal.IsFull);
        Assert.NotNull(await store.GetAsync(ended[0], Stop));
        await store.ChangeAsync(new JobFilter { States = [JobState.Succeeded] }, JobChange.Delete, 300, null, Noon, Stop);
        Assert.Equal(EnqueueStatus.Created, (await store.EnqueueAsync([.. StoreDirectory.NewJobs(1)], null, Noon, Stop))[0].Status);
    }

    [Fact]
    public async Task What_was_accepted_before_the_disk_was_full_is_there()
    {
        var accepted = new List<Guid>();
        await using (var store = await _directory.OpenAsync(options => options.MaxBytes = 1_000_000))
        {
            await FillUpAsync(store, accepted);
        }

        await using var larger = await _directory.OpenAsync();

        Assert.Equal(accepted.Count, (await larger.SummarizeAsync(Stop)).Counts.Sum(count => count.Count));
    }

    private static async Task<StoreUnavailableException> FillUpAsync(SqliteStore store, List<Guid>? accepted = null)
    {
        while (true)
        {
            var jobs = StoreDirectory.NewJobs(50).ToList();
            try
            {
                await store.EnqueueAsync(jobs, null, Noon, Stop);
                accepted?.AddRange(jobs.Select(job => job.Id));
            }
            catch (StoreUnavailableException exception)
            {
                return exception;
            }
        }
    }

    private static async Task<List<Guid>> EndSomeAsync(SqliteStore store, int count)
    {
        var jobs = StoreDirectory.NewJobs(count).ToList();
        await store.EnqueueAsync(jobs, null, Noon, Stop);
        var batch = await ClaimAsync(store, count);
        await store.FinishAsync([.. batch.Jobs.Select(End)], Noon, Stop);
        return [.. jobs.Select(job => job.Id)];
    }

    // Each in a commit of its own, none of them in the main file yet.
    private async Task<List<NewJob>> WriteOneByOneAsync(int count)
    {
        await using var store = await _directory.OpenAsync();
        var jobs = StoreDirectory.NewJobs(count).ToList();
        foreach (var job in jobs)
        {
            await store.EnqueueAsync([job], null, Noon, Stop);
        }

        Copy("whole");
        return jobs;
    }

    private async Task CutWalAsync(string name, Func<byte[], byte[]> damage, List<NewJob> jobs)
    {
        File.Copy(_directory.PathOf("whole.db"), _directory.PathOf($"{name}.db"));
        var wal = await File.ReadAllBytesAsync(_directory.PathOf("whole.db-wal"), Stop);
        await File.WriteAllBytesAsync(_directory.PathOf($"{name}.db-wal"), damage(wal), Stop);
        await using var store = await _directory.OpenAsync(options => options.Path = _directory.PathOf($"{name}.db"));

        var kept = await store.ListAsync(new JobQuery { Limit = 200 }, Stop);

        Assert.Equal(jobs.Take(kept.Count).Select(job => job.Id), kept.Select(job => job.Id).Reverse());
        await store.DisposeAsync();
        Assert.Null(await SqliteFiles.FindFaultAsync(new() { Path = _directory.PathOf($"{name}.db") }, Stop));
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 0x40;
        return bytes;
    }

    private async Task<SqliteStore> OpenCopyAsync(string name)
    {
        Copy(name);
        return await _directory.OpenAsync(options => options.Path = _directory.PathOf($"{name}.db"));
    }

    // What a kill leaves: the files as they are, nothing brought to an end.
    private void Copy(string name)
    {
        File.Copy(_directory.DatabasePath, _directory.PathOf($"{name}.db"));
        File.Copy(_directory.DatabasePath + "-wal", _directory.PathOf($"{name}.db-wal"));
    }

    private static async Task<Job> RunOneAsync(SqliteStore store)
    {
        await store.EnqueueAsync([.. StoreDirectory.NewJobs(1)], null, Noon, Stop);
        return await ClaimOneAsync(store);
    }

    private static async Task<Job> ClaimOneAsync(SqliteStore store) => Assert.Single((await ClaimAsync(store)).Jobs);

    private static async Task<ClaimBatch> ClaimAsync(SqliteStore store, int limit = 10)
    {
        var lease = await store.AcquireAsync("node/a", "a", TimeSpan.FromDays(3650), "{}", Noon, Stop);
        return await store.ClaimAsync(
            new ClaimRequest { Node = "a", NodeToken = lease!.Token, Limit = limit, Handlers = new Dictionary<string, int?> { ["work"] = null } }, Noon, Stop);
    }

    private static Finish End(Job job) => new(job, new Outcome.Succeeded()) { StartedAt = Noon, EndedAt = Noon };
}
