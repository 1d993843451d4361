using System.Globalization;
using Carillon.Tests.Servers;
using Npgsql;

namespace Carillon.Store.Tests.Postgres;

/// <summary>What makes the hot path fast does not go unnoticed when a change takes it away.</summary>
public sealed class PostgresPlanTests : IAsyncLifetime
{
    private const int Pending = 20_000;
    private const int Claimed = 500;
    private const int Ended = 100;
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

    /// <summary>What a claim looks for behind its jobs runs under the claim's own settings.</summary>
    [Theory]
    [InlineData("update {0}.job set concurrency_key = 'k' where run_at <= 50; insert into {0}.busy_key (key, job) values ('k', gen_random_uuid())")]
    [InlineData("insert into {0}.definition (tenant, kind, name, version, updated_at, is_paused, rate, burst, is_fair, body) values ('', 'queue', 'default', 1, 0, false, 1000000, 1, false, ''); "
        + "insert into {0}.bucket (queue, is_group, job_group, full_at) values ('default', false, '', 900000000)")]
    public async Task What_is_due_next_is_found_at_the_head_of_a_lane_whatever_is_behind_it(string hold)
    {
        await RunAsync(string.Format(CultureInfo.InvariantCulture, hold, _schema.Name));
        await RunAsync($"analyze {_schema.Name}.job");
        await using var connection = await _source.OpenConnectionAsync();

        var (_, read) = await CountAsync(connection, "job", $"select count(*) from {_schema.Name}.claim('a', 7, 0, array['work'], array[null::integer], null, 500000, 0, false, 0, true)");

        Assert.InRange(read, 1, 1_000);
    }

    /// <summary>The functions plan once for each session, and an idle node's session plans on empty tables.</summary>
    [Theory]
    [InlineData("job")]
    [InlineData("busy_key")]
    [InlineData("claim_batch")]
    public async Task Ends_read_no_more_than_their_jobs_however_empty_the_tables_were_when_they_were_planned(string table)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await RunAsync($"delete from {_schema.Name}.job");
        await RunAsync($"vacuum analyze {_schema.Name}.job, {_schema.Name}.busy_key, {_schema.Name}.claim_batch");
        await FinishAsync(connection, "busy_key");
        await RunAsync($"""
            insert into {_schema.Name}.job (id, scheduled_at, run_at, created_at, started_at, token, key_hold, batch, lane, priority, attempt, owner_losses, args_version, state, is_delayed,
                   tenant, origin, queue, handler, args_codec, args, node, concurrency_key)
            select ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, i, i, i, i, 1, 0, i, l.id, 0, 1, 0, 0, 1, true, '', '', 'default', 'work', 'json', 'null', 'a', 'key ' || i
              from generate_series(1, {Pending}) i cross join {_schema.Name}.lane l;
            insert into {_schema.Name}.busy_key (key, job) select concurrency_key, id from {_schema.Name}.job;
            insert into {_schema.Name}.claim_batch (id, node_token, lane, running, node, jobs) select batch, 7, lane, 1, 'a', array[id] from {_schema.Name}.job;
            """);

        var (removed, read) = await FinishAsync(connection, table);

        Assert.Equal(Ended, removed);
        Assert.InRange(read, Ended, 10 * Ended);
    }

    private async Task<(int Removed, int Read)> FinishAsync(NpgsqlConnection connection, string table)
    {
        var jobs = $"select ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid as id, 'key ' || i as key from generate_series(1, {Ended}) i";
        return await CountAsync(
            connection,
            table,
            $"select f.* from (select array_agg(id) as ids, array_agg(key) as keys, array_agg(1::bigint) as ones, array_agg('a'::text) as nodes from ({jobs}) j) a, "
            + $"{_schema.Name}.finish(a.ids, a.ones, a.nodes, a.ones, null, null, null, 5, 1, true, null, null, a.keys) f");
    }

    // What a statement removes of a table, and reads of it.
    private async Task<(int Removed, int Read)> CountAsync(NpgsqlConnection connection, string table, string statement)
    {
        var grown = await GrownAsync(connection, table, "n_tup_del, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0), 0::bigint", statement);
        return (grown.First, grown.Second);
    }

    private async Task<(int SeqScans, int Updates, int HeapOnlyUpdates)> ClaimAsync()
    {
        await using var connection = await _source.OpenConnectionAsync();
        return await GrownAsync(
            connection,
            "job",
            "seq_scan, n_tup_upd, n_tup_hot_upd",
            $"select count(*) from {_schema.Name}.claim('a', 7, {Claimed}, array['work'], array[null::integer], null, 500000, {Claimed}, false, 0, true)");
    }

    // How much three of the table's counters have grown by the statement. Sent together: one transaction, so that none comes between the counts, which are
    // the connection's since it last passed them on.
    private async Task<(int First, int Second, int Third)> GrownAsync(NpgsqlConnection connection, string table, string counters, string statement)
    {
        var counts = $"select {counters} from pg_stat_xact_user_tables where schemaname = '{_schema.Name}' and relname = '{table}'";
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(counts));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(counts));
        await using var rows = await batch.ExecuteReaderAsync();
        var before = await ReadAsync(rows);
        await rows.NextResultAsync();
        await rows.NextResultAsync();
        var after = await ReadAsync(rows);
        return (after.First - before.First, after.Second - before.Second, after.Third - before.Third);
    }

    private static async Task<(int First, int Second, int Third)> ReadAsync(NpgsqlDataReader rows)
    {
        await rows.ReadAsync();
        return ((int)rows.GetInt64(0), (int)rows.GetInt64(1), (int)rows.GetInt64(2));
    }

    private async Task RunAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
