using Carillon.Cluster;
using Carillon.Locks;
using Carillon.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Store.Tests.Postgres;

/// <summary>Locks between processes.</summary>
public sealed class PostgresLockTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly PostgresSchema _schema = new();
    private readonly List<PostgresStore> _stores = [];
    private readonly List<LockClient> _clients = [];

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 4; i++)
        {
            var store = await _schema.OpenAsync();
            var lease = new NodeLease(store, TimeProvider.System, new NodeManifest($"{i}", "0", 1, default, 1, []), TimeSpan.FromHours(1), NullLogger<NodeLease>.Instance);
            var client = new LockClient(store, TimeProvider.System, new Chance(i), NullLogger<LockClient>.Instance);
            client.RestOn(lease);
            await lease.BeatAsync(Stop);
            _stores.Add(store);
            _clients.Add(client);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        await _schema.DisposeAsync();
    }

    // By the sweep alone it would take a quarter of an hour.
    [Fact]
    public async Task Sixteen_in_four_processes_have_it_one_after_the_other_with_growing_tokens()
    {
        var (inside, tokens) = (0, new List<long>());

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            for (var turn = 0; turn < 5; turn++)
            {
                await using var held = await _clients[i % 4].AcquireAsync("door", Stop);
                Assert.Equal(1, Interlocked.Increment(ref inside));
                tokens.Add(held.Token);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
        }))).WaitAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(80, tokens.Count);
        Assert.Equal(tokens.Order().Distinct(), tokens);
        Assert.Empty(await _clients[0].ListAsync(cancellationToken: Stop));
    }

    [Fact]
    public async Task A_node_that_leaves_frees_its_locks_at_once()
    {
        await _clients[0].AcquireAsync("door", Stop);
        var waiting = _clients[1].AcquireAsync("door", Stop);
        var lease = Assert.Single(await _stores[2].ListLeasesAsync("node/0", TimeProvider.System.GetUtcNow(), Stop));

        await _stores[2].ReleaseAsync(lease.Name, lease.Token, Stop);

        Assert.True((await waiting.WaitAsync(TimeSpan.FromSeconds(10))).IsHeld);
    }
}
