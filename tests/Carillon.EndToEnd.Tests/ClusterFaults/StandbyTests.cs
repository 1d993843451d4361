using System.Diagnostics;
using System.Globalization;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Carillon.Tests.Servers;
using Npgsql;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Fault 11: the database's primary dies and its standby takes over. The nodes name both.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class StandbyTests(ITestOutputHelper output)
{
    [Fact]
    public async Task When_a_standby_takes_over_nothing_accepted_is_lost_and_the_old_primary_is_left_alone()
    {
        for (var i = 0; i < FaultRun.Pick(1, 20); i++)
        {
            await FailOverAsync();
        }
    }

    private async Task FailOverAsync()
    {
        await using var primary = await PostgresProcess.StartAsync("synchronous_commit=remote_apply");
        await using var standby = await primary.StartStandbyAsync("synchronous_commit=on");
        await FollowAsync(primary);
        var hosts = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{primary.Port},127.0.0.1:{standby.Port}");
        await using var probe = await Probe.StartAsync(primary, new ClusterSettings { Hosts = hosts, JobsPerSecond = 60, Schedules = 8 }, output);
        await probe.PauseAsync(1_000, FaultRun.Pick(3_000, 30_000));

        var revive = await primary.StopAsync("immediate");
        await standby.PromoteAsync();
        probe.Cluster.Database.Clear();
        var back = Stopwatch.GetTimestamp();
        await Task.WhenAll(probe.Cluster.Members.Select(member => probe.WorksAsync(member, back)));
        var healed = Stopwatch.GetElapsedTime(back);
        await revive("\"-c\" \"default_transaction_read_only=on\"");
        var stale = await CountAsync(primary, probe);
        await ConnectAnewAsync(probe);

        await probe.CheckAsync(
            new Fault("11", "the primary dies, its synchronous standby takes over, the old one comes back as it was", 1), new Bounds(TimeSpan.FromSeconds(45)),
            string.Create(CultureInfo.InvariantCulture, $"every node works {healed.TotalSeconds:F1} s after it took over; {probe.Load.Refused} calls answered 503"));
        Assert.Equal(stale, await CountAsync(primary, probe));
    }

    // An answer is given when the standby has it too, from now on.
    private static async Task FollowAsync(PostgresProcess primary)
    {
        await using var look = NpgsqlDataSource.Create(primary.ConnectionString);
        await using (var demand = look.CreateCommand("alter system set synchronous_standby_names = '*'"))
        {
            await demand.ExecuteNonQueryAsync();
        }

        await using var reload = look.CreateCommand("select pg_reload_conf()");
        await reload.ExecuteNonQueryAsync();
        await using var state = look.CreateCommand("select count(*) from pg_stat_replication where sync_state = 'sync' and state = 'streaming'");
        await Poll.UntilAsync(state.ExecuteScalarAsync, following => following is 1L, "a synchronous standby");
    }

    // Each node while both servers answer, and the old one is the first of their list.
    private static async Task ConnectAnewAsync(Probe probe)
    {
        foreach (var member in probe.Cluster.Members)
        {
            await member.KillAsync();
            await member.StartAsync(asAnother: true);
            await probe.WorksAsync(member, member.Server.ReadyAt);
        }
    }

    private static async Task<object?> CountAsync(PostgresProcess server, Probe probe)
    {
        await using var look = NpgsqlDataSource.Create(server.ConnectionString);
        var schema = probe.Cluster.Schema;
        await using var command = look.CreateCommand($"select (select count(*) from {schema}.job) || ' ' || (select count(*) from {schema}.job_done) || ' ' || (select max(token) from {schema}.lease)");
        return await command.ExecuteScalarAsync();
    }
}
