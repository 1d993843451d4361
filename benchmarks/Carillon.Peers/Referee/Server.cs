using System.Globalization;
using Npgsql;

namespace Carillon.Peers.Referee;

/// <summary>The private PostgreSQL of the run: fresh databases, and what the server counted. It is asked from a database of its own, which is not counted.</summary>
internal sealed class Server(int port) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _admin = Source(port, "postgres");

    public int Port => port;

    public async Task OpenAsync() => await RunAsync("create extension if not exists pg_stat_statements");

    /// <summary>An empty database for the peer, and everything written so far on the disk.</summary>
    public async Task FreshAsync(Peer peer)
    {
        await RunAsync($"drop database if exists {peer.Database} with (force)");
        await RunAsync($"create database {peer.Database}");
    }

    public Task SettleAsync() => RunAsync("checkpoint");

    /// <summary>Statements that clients have sent to the peer's database.</summary>
    public Task<double> StatementsAsync(Peer peer) =>
        NumberAsync($"select coalesce(sum(s.calls), 0)::float8 from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = '{peer.Database}' and s.query !~* '^(begin|commit|rollback|discard|listen|set )'");

    public Task<double> TransactionsAsync(Peer peer) => NumberAsync($"select (xact_commit + xact_rollback)::float8 from pg_stat_database where datname = '{peer.Database}'");

    /// <summary>Whether the server looks for itself what to vacuum: its look at a database counts as a transaction of that database.</summary>
    public async Task SetAutovacuumAsync(bool isOn)
    {
        await RunAsync($"alter system set autovacuum = {(isOn ? "on" : "off")}");
        await RunAsync("select pg_reload_conf()");
    }

    public async Task<string> DescribeAsync() =>
        $"{await TextAsync("select version()")}; "
        + await TextAsync("select string_agg(name || ' ' || current_setting(name), ', ' order by name) from pg_settings where name in ('shared_buffers','max_wal_size','fsync','synchronous_commit','full_page_writes')");

    /// <summary>Runs a statement in the peer's own database.</summary>
    public async Task RunInAsync(Peer peer, string sql)
    {
        await using var source = Source(port, peer.Database);
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _admin.DisposeAsync();

    private static NpgsqlDataSource Source(int port, string database) =>
        NpgsqlDataSource.Create(string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=bench;Database={database};Pooling=false"));

    private async Task RunAsync(string sql)
    {
        await using var command = _admin.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private async Task<double> NumberAsync(string sql)
    {
        await using var command = _admin.CreateCommand(sql);
        return (double)(await command.ExecuteScalarAsync())!;
    }

    private async Task<string> TextAsync(string sql)
    {
        await using var command = _admin.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
