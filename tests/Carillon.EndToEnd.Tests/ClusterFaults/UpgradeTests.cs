using System.Net;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Npgsql;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Faults 31 and 32: nodes of a later version upgrade the schema under running ones, work beside them, and are taken back.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class UpgradeTests(FaultPostgres postgres, ITestOutputHelper output)
{
    private const string InTheMiddle = "select a.application_name from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and not l.granted and l.classid = 31 and l.objid = 31";
    private const string Behind = "select count(*) from pg_locks where locktype = 'advisory' and not granted and classid = 22745";
    private const string Version = "select value from meta where name = 'schema_version'";
    private readonly string?[] _programs = new string?[4];

    [Fact]
    public async Task A_later_version_upgrades_the_schema_under_a_running_one_and_can_be_taken_back()
    {
        using var later = new TestDirectory();
        var program = NextVersion.MakeIn(later.PathOf("next"));
        var settings = new ClusterSettings { Nodes = 4, JobsPerSecond = 60, Schedules = 8, ProgramOf = place => _programs[place], ArgumentsOf = place => _programs[place] is null ? ["--without", "greet"] : [] };
        await using var probe = await Probe.StartAsync(postgres.Server, settings, output);
        var (members, cluster) = (probe.Cluster.Members, probe.Cluster);

        await UpgradeAsync(probe, program);
        Assert.Equal("2", await cluster.FirstAsync<string>(Version));
        var known = await members[2].Api.EnqueueAsync(Greet);
        Assert.Equal("succeeded", (await members[3].Api.EndAsync(known))["state"]);
        await Probe.PauseAsync(TimeSpan.FromSeconds(FaultRun.Pick(5, 600)));

        await TakeBackAsync(probe);
        var unknown = await PostUnknownAsync(probe);
        Assert.Equal(("pending", "0"), (unknown["state"], unknown["attempt"]));
        _programs[0] = program;
        Assert.Equal(0, await members[0].TerminateAsync());
        await members[0].StartAsync(asAnother: true);
        Assert.Equal("succeeded", (await members[2].Api.EndAsync(unknown.Id))["state"]);

        Assert.All(members.Skip(2), member => Assert.DoesNotContain("fail:", member.Server.Output.Text, StringComparison.Ordinal));
        await probe.CheckAsync(
            new Fault("31, 32", "two nodes of a later version upgrade the schema, `kill -9` of one in the middle of it; both versions work; back to the older one", 1), new Bounds(TimeSpan.FromSeconds(30)),
            $"{probe.Load.Refused} calls answered 503");
    }

    private const string Greet = """{"handler":"greet","args":{"name":"Ada"}}""";

    // Two of four nodes come back with the later program. One upgrades and the other waits for it; that one dies in the middle.
    private async Task UpgradeAsync(Probe probe, string program)
    {
        var members = probe.Cluster.Members;
        await using var held = await HoldAsync();
        foreach (var place in new[] { 0, 1 })
        {
            _programs[place] = program;
            Assert.Equal(0, await members[place].TerminateAsync());
            await members[place].LaunchAsync();
        }

        var upgrading = await Poll.UntilAsync(() => probe.Cluster.FirstAsync<string>(InTheMiddle), node => node is not null, "a node in the middle of the upgrade");
        await Poll.UntilAsync(() => probe.Cluster.FirstAsync<long>(Behind), waiting => waiting == 1, "another one that waits for it");
        await probe.Load.UntilMoreAsync(100);
        Assert.Equal("1", await probe.Cluster.FirstAsync<string>(Version));
        var dying = members.Single(member => member.Node == upgrading);
        await dying.KillAsync();
        await dying.LaunchAsync();
        await held.DisposeAsync();
        await Task.WhenAll(members[0].UntilUpAsync(), members[1].UntilUpAsync());
    }

    // Whoever upgrades waits for this in the middle.
    private async Task<NpgsqlConnection> HoldAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.Server.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select pg_advisory_lock(31, 31)", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private async Task TakeBackAsync(Probe probe)
    {
        foreach (var place in new[] { 0, 1 })
        {
            _programs[place] = null;
            Assert.Equal(0, await probe.Cluster.Members[place].TerminateAsync());
            await probe.Cluster.Members[place].StartAsync(asAnother: true);
        }
    }

    private static async Task<Answer> PostUnknownAsync(Probe probe)
    {
        var posted = (await probe.Cluster.Members[2].Api.PostAsync("/api/v1/jobs", Greet)).Is(HttpStatusCode.Created);
        await probe.Load.UntilMoreAsync(100);
        return await probe.Cluster.Members[3].Api.JobAsync(posted.Id);
    }
}
