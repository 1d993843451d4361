using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Checking;
using Carillon.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>Faults 2 and 9: whether a commit happened is not known to who asked for it.</summary>
[Collection(FaultCollection.Name)]
[Trait("Category", "Faults")]
public sealed class CutCommitsTests(FaultPostgres postgres, ITestOutputHelper output)
{
    [Fact]
    public async Task Commits_that_are_cut_off_before_or_behind_their_effect_lose_and_double_nothing()
    {
        await using var probe = await Probe.StartAsync(postgres.Server, new ClusterSettings(), output);
        foreach (var member in probe.Cluster.Members)
        {
            member.Wire.CutCommits(0.02);
        }

        await Probe.PauseAsync(TimeSpan.FromSeconds(FaultRun.Pick(8, 60)));
        foreach (var member in probe.Cluster.Members)
        {
            member.Wire.CutCommits(0);
        }

        var (applied, unapplied) = (probe.Cluster.Members.Sum(member => member.Wire.Applied), probe.Cluster.Members.Sum(member => member.Wire.Unapplied));
        await probe.CheckAsync(
            new Fault("9", "the connection is cut in a commit", applied + unapplied), new Bounds(TimeSpan.FromSeconds(45)),
            string.Create(CultureInfo.InvariantCulture, $"{applied} after its effect, {unapplied} before; {probe.Load.Refused} calls answered 503"));
        Assert.InRange(Math.Min(applied, unapplied), 10, int.MaxValue);
    }

    [Fact]
    public async Task A_node_that_dies_between_the_commit_and_its_answer_has_made_one_job_for_the_key()
    {
        var settings = new ClusterSettings { Nodes = 2, JobsPerSecond = 20, Schedules = 2 };
        await using var probe = await Probe.StartAsync(postgres.Server, settings, output);
        var (repeats, applied) = (FaultRun.Pick(3, 20), 0);
        for (var i = 0; i < repeats; i++)
        {
            applied += await DieAsync(probe, i) ? 1 : 0;
        }

        await probe.CheckAsync(
            new Fault("2", "`kill -9` between the commit and the HTTP answer", repeats), new Bounds(TimeSpan.FromSeconds(45)),
            string.Create(CultureInfo.InvariantCulture, $"{applied} of the jobs were there before the client asked again"));
    }

    // The held commit may be another one of the node: then the job is not there yet, which a client cannot know either.
    private static async Task<bool> DieAsync(Probe probe, int number)
    {
        var (dying, other) = (probe.Cluster.Members[number % 2], probe.Cluster.Members[1 - (number % 2)]);
        var (key, body) = (string.Create(CultureInfo.InvariantCulture, $"crash-{number}"), """{"handler":"work","args":{"ms":1}}""");
        var held = dying.Wire.HoldNextCommitAsync();
        var post = TryPostAsync(dying.Api, body, key);
        await held;
        await dying.KillAsync();
        Assert.Null(await post);
        var wasThere = await CountAsync(probe, key) == 1;
        var first = await other.Api.PostAsync("/api/v1/jobs", body, key);
        Assert.Equal(wasThere ? HttpStatusCode.OK : HttpStatusCode.Created, first.Status);
        Assert.Equal(first.Id, (await other.Api.PostAsync("/api/v1/jobs", body, key)).Id);
        Assert.Equal(1, await CountAsync(probe, key));
        await dying.StartAsync(asAnother: true);
        return wasThere;
    }

    private static Task<long> CountAsync(Probe probe, string key) =>
        probe.Cluster.FirstAsync<long>($"select (select count(*) from job where key = 'idem:{key}') + (select count(*) from job_done where key = 'idem:{key}')");

    private static async Task<Answer?> TryPostAsync(Api api, string body, string key)
    {
        try
        {
            return await api.PostAsync("/api/v1/jobs", body, key);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
