using System.Threading.Channels;
using Carillon.Postgres;
using Carillon.Tests.Servers;

namespace Carillon.Store.Tests.Postgres;

/// <summary>A process that dies is noticed by its connection; each store here is a process as far as the database can see.</summary>
public sealed class PresenceTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);
    private readonly PostgresSchema _schema = new();
    private readonly List<Process> _processes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.Store.DisposeAsync();
        }

        await _schema.DisposeAsync();
    }

    [Fact]
    public async Task A_process_that_dies_loses_its_leases_at_once_and_the_others_are_told()
    {
        var (ada, bob, eve) = (await JoinAsync("ada"), await JoinAsync("bob"), await JoinAsync("eve"));
        await bob.Store.AcquireAsync("leader", "bob", Lease, "{}", Now, Stop);
        await WatchedAsync(3);

        await bob.Store.DisposeAsync();

        await Task.WhenAll(ada.SeesAsync(["node/ada", "node/eve"]), eve.SeesAsync(["node/ada", "node/eve"]));
        Assert.Empty(await ada.Store.ListLeasesAsync("leader", Now, Stop));
    }

    [Fact]
    public async Task Two_that_die_together_are_both_noticed()
    {
        var (ada, bob, eve) = (await JoinAsync("ada"), await JoinAsync("bob"), await JoinAsync("eve"));
        await WatchedAsync(3);

        await Task.WhenAll(bob.Store.DisposeAsync().AsTask(), eve.Store.DisposeAsync().AsTask());

        await ada.SeesAsync(["node/ada"]);
    }

    [Fact]
    public async Task A_claim_of_a_process_that_died_is_given_to_another()
    {
        var (ada, bob) = (await JoinAsync("ada"), await JoinAsync("bob"));
        await WatchedAsync(2);
        var ids = new JobIds(TimeProvider.System, new Chance());
        await ada.Store.EnqueueAsync([new NewJob { Id = ids.Next(), Handler = "work" }], null, Now, Stop);
        var first = Assert.Single((await bob.Store.ClaimAsync(bob.Request, Now, Stop)).Jobs);

        await bob.Store.DisposeAsync();
        await ada.SeesAsync(["node/ada"]);
        var reclaimed = await ada.Store.ReclaimAsync(Now, Stop);

        Assert.Equal([first.Id], reclaimed);
        var again = Assert.Single((await ada.Store.ClaimAsync(ada.Request, Now, Stop)).Jobs);
        Assert.Equal((first.Id, 1, true), (again.Id, again.OwnerLosses, again.Token > first.Token));
    }

    [Fact]
    public async Task A_connection_that_breaks_while_its_process_lives_costs_it_nothing()
    {
        var (ada, bob) = (await JoinAsync("ada"), await JoinAsync("bob"));
        await WatchedAsync(2);
        var before = await HeldAsync();

        await RunAsync($"select count(*) from (select pg_terminate_backend(pid) from ({HoldersSql}) h where pid = {before[^1]}) t");
        await WatchedAsync(2, except: before[^1]);

        foreach (var process in (Process[])[ada, bob])
        {
            Assert.True((await process.Store.RenewAsync($"node/{process.Name}", process.Token, Lease, Now, Stop)).IsHeld);
        }
    }

    [Fact]
    public async Task Neither_who_holds_nor_who_waits_keeps_rows_from_being_vacuumed()
    {
        await JoinAsync("ada");
        await JoinAsync("bob");
        await WatchedAsync(2);

        var kept = await RunAsync($"select count(*) from pg_stat_activity a where (a.backend_xmin is not null or a.backend_xid is not null) and a.pid in (select k.pid from pg_locks k where {OfSlots})");

        Assert.Equal(0, kept);
    }

    [Fact]
    public async Task A_node_that_leaves_is_not_taken_for_dead()
    {
        var (ada, bob) = (await JoinAsync("ada"), await JoinAsync("bob"));
        await WatchedAsync(2);

        await bob.Store.ReleaseAsync("node/bob", bob.Token, Stop);
        await bob.Store.DisposeAsync();

        await ada.SeesAsync(["node/ada"]);
        Assert.True((await ada.Store.RenewAsync("node/ada", ada.Token, Lease, Now, Stop)).IsHeld);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private string OfSlots => $"k.relation in (select c.oid from pg_class c where c.relnamespace = '{_schema.Name}'::regnamespace and starts_with(c.relname, 'presence_'))";

    private string HoldersSql => $"select k.pid from pg_locks k where k.granted and k.mode = 'ExclusiveLock' and {OfSlots} order by k.pid";

    private async Task<Process> JoinAsync(string name)
    {
        var process = new Process(name, await _schema.OpenAsync());
        _processes.Add(process);
        await process.JoinAsync();
        return process;
    }

    // Every one of so many holds its slot, and every slot is waited for.
    private async Task WatchedAsync(int count, int except = 0)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(Patience);
        while (await RunAsync($"select count(distinct k.relation) from pg_locks k where k.granted and k.mode = 'ExclusiveLock' and k.pid <> {except} and {OfSlots} and exists (select 1 from pg_locks w where w.relation = k.relation and w.mode = 'ShareLock' and not w.granted)") < count)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private async Task<List<int>> HeldAsync()
    {
        await using var command = (await PostgresServer.SourceAsync).CreateCommand(HoldersSql);
        await using var reader = await command.ExecuteReaderAsync();
        List<int> pids = [];
        while (await reader.ReadAsync())
        {
            pids.Add(reader.GetInt32(0));
        }

        return pids;
    }

    private static async Task<long> RunAsync(string sql)
    {
        await using var command = (await PostgresServer.SourceAsync).CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private sealed class Process
    {
        private readonly Channel<StoreSignal> _heard = Channel.CreateUnbounded<StoreSignal>();

        public Process(string name, PostgresStore store)
        {
            (Name, Store) = (name, store);
            store.Signalled += signal => _heard.Writer.TryWrite(signal);
        }

        public string Name { get; }

        public PostgresStore Store { get; }

        public long Token { get; private set; }

        public ClaimRequest Request => new() { Node = Name, NodeToken = Token, Limit = 5, Handlers = new Dictionary<string, int?> { ["work"] = null } };

        public async Task JoinAsync() => Token = (await Store.AcquireAsync($"node/{Name}", Name, Lease, "{}", Now, Stop))!.Token;

        /// <summary>Waits, woken by nothing but what the store tells, until these are the nodes.</summary>
        public async Task SeesAsync(string[] nodes)
        {
            using var limit = new CancellationTokenSource(Patience);
            while (!(await Store.ListLeasesAsync("node/", Now, Stop)).Select(lease => lease.Name).SequenceEqual(nodes))
            {
                while (!(await _heard.Reader.ReadAsync(limit.Token)).HasFlag(StoreSignal.Nodes))
                {
                }
            }
        }
    }
}
