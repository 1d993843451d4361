using System.Globalization;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Serving;

/// <summary>SIGTERM with jobs running.</summary>
public sealed class ShutdownTests : IDisposable
{
    private const int Slots = 4;
    private readonly TestDirectory _directory = new();

    private ServerStart Host => ServerStart.Host(_directory.Database, _directory.Oracle.Path)
        .With("SCHEDULER_CONCURRENCY", Slots.ToString(CultureInfo.InvariantCulture)).With("Carillon__DrainTimeout", "4s");

    // The short jobs end when it is there: after the shutdown has begun, however slow the machine is.
    private string FinishFile => _directory.PathOf("finish");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_finishes_short_jobs_releases_a_long_one_without_burning_an_attempt_and_begins_no_new_one()
    {
        Guid held;
        List<Guid> running = [], waiting = [];
        await using (var first = await ServerProcess.StartAsync(Host))
        {
            held = await first.Api.EnqueueAsync("""{"handler":"hold"}""");
            await AddAsync(first, running, Slots - 1, $$$"""{"handler":"await-file","args":{"file":"{{{FinishFile}}}"}}""");
            await _directory.Oracle.SeesAsync(lines => lines.Count(line => line.What == "start") == Slots);
            await AddAsync(first, waiting, 10, """{"handler":"work"}""");

            first.AskToEnd();
            await first.SeesAsync("Shutting down: no new job");
            await File.WriteAllTextAsync(FinishFile, "");
            Assert.Equal(0, await first.ExitAsync());
        }

        var lines = _directory.Oracle.Read();
        Assert.All(running, job => Assert.Equal(["start", "end"], lines.Where(line => line.Job == job).Select(line => line.What)));
        Assert.Equal(["start", "stopped-Shutdown"], lines.Where(line => line.Job == held).Select(line => line.What));
        Assert.DoesNotContain(lines, line => waiting.Contains(line.Job));
        AssertReleased(waiting.Count + 1);

        await using var second = await ServerProcess.StartAsync(Host);
        await _directory.Oracle.BeganAsync(held, times: 2);
        await second.Api.PostAsync("/gate");
        var job = await second.Api.EndAsync(held);
        Assert.Equal(("succeeded", "1", "0"), (job["state"], job["attempt"], job["ownerLosses"]));
        foreach (var id in waiting)
        {
            Assert.Equal("succeeded", (await second.Api.EndAsync(id))["state"]);
        }
    }

    private void AssertReleased(int expected)
    {
        using var file = new StoreFileView(_directory.Database);
        Assert.Equal("ok", file.Integrity);
        var live = file.Rows("select state, attempt, owner_losses from job", 3);
        Assert.Equal(expected, live.Count);
        Assert.All(live, row => Assert.Equal(["0", "0", "0"], row));
        Assert.Empty(file.Column("select 1 from journal where kind = 'attempt' and data like '%owner lost%'"));
    }

    private static async Task AddAsync(ServerProcess server, List<Guid> ids, int count, string body)
    {
        for (var i = 0; i < count; i++)
        {
            ids.Add(await server.Api.EnqueueAsync(body));
        }
    }
}
