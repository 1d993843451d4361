using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Faults;

/// <summary>A job that kills its node.</summary>
[Trait("Category", "Faults")]
public sealed class PoisonTests : IDisposable
{
    private const string KillsItsNode = """{"handler":"exec","args":{"program":"/bin/sh","arguments":["-c","kill -9 $PPID"]}}""";
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_is_quarantined_after_the_third_death_and_other_jobs_go_on()
    {
        var start = ServerStart.Serve(_directory.Database, "--allow-remote-exec");
        Guid poison, other;
        await using (var first = await ServerProcess.StartAsync(start))
        {
            other = await first.Api.EnqueueAsync("""{"handler":"heartbeat","delay":"3s"}""");
            poison = await first.Api.EnqueueAsync(KillsItsNode);
            await first.ExitAsync();
        }

        for (var death = 2; death <= 3; death++)
        {
            await using var next = ServerProcess.Launch(start);
            Assert.NotEqual(0, await next.ExitAsync());
        }

        await using var last = await ServerProcess.StartAsync(start);
        var job = await last.Api.JobAsync(poison);
        Assert.Equal(("dead", "poison", "3"), (job["state"], job["reason"], job["ownerLosses"]));
        Assert.Equal("succeeded", (await last.Api.EndAsync(other))["state"]);
        Assert.Contains("poison", (await last.Api.GetAsync($"/api/v1/explain/jobs/{poison}")).Text, StringComparison.Ordinal);
        Assert.Equal(0, await last.TerminateAsync());
    }
}
