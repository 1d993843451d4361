using System.Globalization;
using Carillon.EndToEnd.Tests.Checking;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Faults 13 and 14: the database refuses transactions, or connections.</summary>
[Collection(OtherFaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class RefusingDatabaseTests(FaultPostgres postgres, ITestOutputHelper output)
{
    // One statement in twenty that changes something, and one commit in fifty, is refused as a lost serialisation or a deadlock.
    private static readonly string[] Chaos =
    [
        "create sequence refused",
        "create table refusal (share float8)",
        "insert into refusal values (0)",
        """
        create function refuse() returns trigger language plpgsql as $$
        begin
            if random() < (select share from refusal) * tg_argv[0]::float8 then
                perform nextval('refused');
                if random() < 0.5 then
                    raise exception 'made by the test' using errcode = '40001';
                else
                    raise exception 'made by the test' using errcode = '40P01';
                end if;
            end if;
            return null;
        end
        $$
        """,
        "create trigger refuse after insert or update or delete on job for each statement execute function refuse(1)",
        "create trigger refuse after insert or update or delete on schedule for each statement execute function refuse(1)",
        "create trigger refuse after insert or update or delete on lease for each statement execute function refuse(1)",
        "create trigger refuse after insert on journal for each statement execute function refuse(1)",
        "create trigger refuse after insert on job_done for each statement execute function refuse(1)",
        "create constraint trigger refuse_commit after insert on job deferrable initially deferred for each row execute function refuse(0.4)",
        "alter function refuse() set search_path from current",
        "update refusal set share = 0.05",
    ];

    [Fact]
    public async Task Lost_serialisations_and_deadlocks_are_tried_again_and_nobody_sees_them()
    {
        await using var probe = await Probe.StartAsync(postgres.Server, new ClusterSettings(), output);
        foreach (var statement in Chaos)
        {
            await probe.Cluster.RunAsync(statement);
        }

        await Probe.PauseAsync(TimeSpan.FromSeconds(FaultRun.Pick(5, 60)));
        await probe.Cluster.RunAsync("update refusal set share = 0");
        var refused = await probe.Cluster.FirstAsync<long>("select last_value from refused");
        await probe.CheckAsync(
            new Fault("13", "40001 and 40P01 by 5 % of the statements and 2 % of the commits", 1), new Bounds(TimeSpan.FromSeconds(45)),
            string.Create(CultureInfo.InvariantCulture, $"at least {refused} statements refused, {probe.Load.Refused} calls answered 503"));
        Assert.InRange(refused, 20, long.MaxValue);
    }

    [Fact]
    public async Task Too_few_connections_slow_it_down_and_lose_nothing()
    {
        var user = $"few_{Environment.ProcessId}";
        await using var owner = Npgsql.NpgsqlDataSource.Create(postgres.Server.ConnectionString);
        await RunAsync(owner, $"create role {user} login; grant create on database postgres to {user}");
        await using (var probe = await Probe.StartAsync(postgres.Server, new ClusterSettings { User = user }, output))
        {
            for (var i = 0; i < FaultRun.Pick(1, 20); i++)
            {
                await RunAsync(owner, $"alter role {user} connection limit 7; select pg_terminate_backend(pid) from pg_stat_activity where usename = '{user}'");
                await Probe.PauseAsync(TimeSpan.FromSeconds(4));
                await RunAsync(owner, $"alter role {user} connection limit -1");
                await Probe.PauseAsync(TimeSpan.FromSeconds(2));
            }

            await probe.CheckAsync(
                new Fault("14", "too many connections (53300): 7 for three nodes", FaultRun.Pick(1, 20)), new Bounds(TimeSpan.FromSeconds(45)),
                string.Create(CultureInfo.InvariantCulture, $"{probe.Load.Refused} calls answered 503 with Retry-After"));
            await Running.Poll.UntilAsync(() => CountBusyAsync(probe, user), busy => busy == 0, "no connection in use by idle nodes");
        }

        await RunAsync(owner, $"drop owned by {user}; drop role {user}");
    }

    // A node's sign of life is a table lock in a transaction that stays open.
    private static Task<long> CountBusyAsync(Probe probe, string user) => probe.Cluster.FirstAsync<long>(
        $"select count(*) from pg_stat_activity where usename = '{user}' and (state = 'active' or state like 'idle in%') and query !~* '^lock table' and state_change < clock_timestamp() - interval '1 second'");

    private static async Task RunAsync(Npgsql.NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
