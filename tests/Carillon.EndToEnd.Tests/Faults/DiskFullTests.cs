using System.Globalization;
using System.Net;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Faults;

/// <summary>No space is left for the store.</summary>
[Trait("Category", "Faults")]
public sealed class DiskFullTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;
    private readonly TestDirectory _directory = new();
    private readonly List<Guid> _accepted = [];

    public void Dispose() => _directory.Dispose();

    [MountFact]
    public async Task On_a_full_disk_writes_are_refused_reads_work_and_it_goes_on_by_itself_when_there_is_space_again()
    {
        using var disk = SmallDisk.Mount(_directory.PathOf("disk"), megabytes: 8);
        var (database, ballast) = (disk.PathOf("carillon.db"), disk.PathOf("ballast"));
        await File.WriteAllBytesAsync(ballast, new byte[4 * Megabyte]);
        await using var server = await ServerProcess.StartAsync(ServerStart.Host(database, _directory.Oracle.Path));
        (await server.Api.PostAsync("/api/v1/schedules", """{"name":"second","handler":"work","every":"1s"}""")).Is(HttpStatusCode.Created);
        var held = await HoldAsync(server.Api);

        var refusal = await FillAsync(server.Api);
        AssertRefused(refusal);
        await AssertReadsWorkAsync(server.Api, held);
        await server.Api.PostAsync("/gate");
        await _directory.Oracle.SeesAsync(lines => lines.Any(line => line.Job == held && line.What == "end"));

        File.Delete(ballast);
        var after = await server.Api.EnqueueAsync("""{"handler":"work"}""");
        _accepted.Add(after);
        Assert.Equal("succeeded", (await server.Api.EndAsync(after))["state"]);
        Assert.Equal("succeeded", (await server.Api.EndAsync(held))["state"]);
        await GoesOnAsync(server.Api, "second", after);
        (await server.Api.GetAsync("/health/ready")).Is(HttpStatusCode.OK);
        Assert.Equal(0, await server.TerminateAsync());

        Assert.Equal(["start", "end"], _directory.Oracle.Of(held).Select(line => line.What));
        AssertNothingIsLost(database);
    }

    [Fact]
    public async Task At_its_limit_of_size_the_file_takes_no_more_loses_nothing_and_goes_on_with_a_higher_limit()
    {
        await using (var server = await ServerProcess.StartAsync(Limited(4)))
        {
            await HoldAsync(server.Api);
            AssertRefused(await FillAsync(server.Api));
            await AssertReadsWorkAsync(server.Api, _accepted[0]);
            await server.KillAsync();
        }

        await using var larger = await ServerProcess.StartAsync(Limited(16));
        await _directory.Oracle.BeganAsync(_accepted[0], times: 2);
        await larger.Api.PostAsync("/gate");
        Assert.Equal("succeeded", (await larger.Api.EndAsync(_accepted[0]))["state"]);
        _accepted.Add(await larger.Api.EnqueueAsync("""{"handler":"work"}"""));
        Assert.Equal("succeeded", (await larger.Api.EndAsync(_accepted[^1]))["state"]);
        Assert.Equal(0, await larger.TerminateAsync());
        AssertNothingIsLost(_directory.Database);
    }

    private ServerStart Limited(int megabytes) => ServerStart.Host(
        _directory.Database, _directory.Oracle.Path, "--max-bytes", (megabytes * Megabyte).ToString(CultureInfo.InvariantCulture));

    private async Task<Guid> HoldAsync(Api api)
    {
        var held = await api.EnqueueAsync("""{"handler":"hold"}""");
        _accepted.Add(held);
        await _directory.Oracle.BeganAsync(held);
        return held;
    }

    // First in large pieces, then in the smallest: when even one small job does not fit, the disk is full.
    private async Task<Answer> FillAsync(Api api)
    {
        Answer? refusal = null;
        foreach (var (jobs, size) in ((int, int)[])[(20, 40_000), (10, 4_000), (1, 1)])
        {
            for (refusal = null; refusal is null;)
            {
                var job = $$$"""{"handler":"work","delay":"1h","args":{"filling":"{{{new string('x', size)}}}"}}""";
                var answer = await api.PostAsync("/api/v1/jobs/bulk", $"[{string.Join(',', Enumerable.Repeat(job, jobs))}]");
                if (answer.IsAccepted)
                {
                    _accepted.AddRange(answer.Items.Select(item => item.GetProperty("id").GetGuid()));
                }
                else
                {
                    refusal = answer;
                }
            }
        }

        return refusal!;
    }

    private static void AssertRefused(Answer refusal)
    {
        Assert.Equal((HttpStatusCode.InsufficientStorage, "application/problem+json"), (refusal.Status, refusal.Type));
        Assert.Contains("no space", refusal.Text, StringComparison.Ordinal);
    }

    private async Task AssertReadsWorkAsync(Api api, Guid running)
    {
        (await api.GetAsync("/health/live")).Is(HttpStatusCode.OK);
        (await api.GetAsync("/api/v1/status")).Is(HttpStatusCode.OK);
        Assert.Equal("running", (await api.JobAsync(running)).Is(HttpStatusCode.OK)["state"]);
        Assert.Equal(_accepted.Count - 1, (await api.ListAsync("/api/v1/jobs?state=pending")).Count(job => _accepted.Contains(job.GetProperty("id").GetGuid())));
    }

    // A job of the schedule that is younger than the given one.
    private static Task GoesOnAsync(Api api, string schedule, Guid after) => Poll.UntilAsync(
        () => api.ListAsync($"/api/v1/jobs?schedule={schedule}&state=succeeded"),
        jobs => jobs.Any(job => string.CompareOrdinal(job.GetProperty("id").GetString(), $"{after}") > 0),
        $"a job of '{schedule}' younger than {after} has succeeded");

    private void AssertNothingIsLost(string database)
    {
        using var file = new StoreFileView(database);
        Assert.Equal("ok", file.Integrity);
        var known = file.Column("select lower(hex(id)) from job union all select lower(hex(id)) from job_done").Select(id => Guid.ParseExact(id, "N")).ToHashSet();
        Assert.True(_accepted.Count > 50, $"only {_accepted.Count} jobs fitted");
        Assert.DoesNotContain(_accepted, id => !known.Contains(id));
    }
}
