using Carillon.Tests.Servers;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>What makes the hot path fast does not go unnoticed when a change takes it away.</summary>
public sealed class PostgresPlanTests : IAsyncLifetime
{
    private const int Pending = 20_000;
    private const int Claimed = 500;
    private readonly PostgresSchema _schema = new();
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync()
    {
        await using (await _schema.OpenAsync())
        {
            // Opening is the upgrade.
        }

        _source = await PostgresServer.SourceAsync;
        await RunAsync($"""
            insert into {_schema.Name}.lane (queue, handler, priority, is_grouped) values ('default', 'work', 0, false);
            insert into {_schema.Name}.lease (name, owner, until, token, data, acquired_at) values ('node/a', 'a', 1000000, 7, '', 0);
            insert into {_schema.Name}.job (id, scheduled_at, run_at, created_at, token, key_hold, lane, priority, attempt, owner_losses, args_version, state, is_delayed,
                   tenant, origin, queue, handler, args_codec, args)
            select gen_random_uuid(), i, i, i, 0, 0, l.id, 0, 0, 0, 0, 0, true, '', '', 'default', 'work', 'json', 'null'
              from generate_series(1, {Pending}) i cross join {_schema.Name}.lane l;
            """);
    }

    public Task DisposeAsync() => _schema.DisposeAsync().AsTask();

    [Fact]
    public async Task A_claim_finds_its_jobs_by_the_index_whatever_the_statistics_say()
    {
        await RunAsync($"analyze {_schema.Name}.job");

        var counts = await ClaimAsync();

        Assert.Equal((0, Claimed), (counts.SeqScans, counts.Updates));
    }

    [Fact]
    public async Task A_claim_writes_to_no_index_of_the_jobs()
    {
        var counts = await ClaimAsync();

        // One here and there may not fit its page any more.
        Assert.InRange(counts.HeapOnlyUpdates, Claimed * 9 / 10, Claimed);
    }

    private async Task<(int SeqScans, int Updates, int HeapOnlyUpdates)> ClaimAsync()
    {
        // Sent together: one transaction, so that none comes between the counts, which are the connection's since it last passed them on.
        var counts = $"select seq_scan::integer, n_tup_upd::integer, n_tup_hot_upd::integer from pg_stat_xact_user_tables where schemaname = '{_schema.Name}' and relname = 'job'";
        await using var batch = _source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(counts));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"select count(*) from {_schema.Name}.claim('a', 7, {Claimed}, array['work'], array[null::integer], null, 500000, {Claimed}, false, 0, true)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(counts));
        await using var rows = await batch.ExecuteReaderAsync();
        var before = await CountsAsync(rows);
        await rows.NextResultAsync();
        await rows.NextResultAsync();
        var after = await CountsAsync(rows);
        return (after.SeqScans - before.SeqScans, after.Updates - before.Updates, after.HeapOnlyUpdates - before.HeapOnlyUpdates);
    }

    private static async Task<(int SeqScans, int Updates, int HeapOnlyUpdates)> CountsAsync(NpgsqlDataReader rows)
    {
        await rows.ReadAsync();
        return (rows.GetInt32(0), rows.GetInt32(1), rows.GetInt32(2));
    }

    private async Task RunAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
