using System.Net;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Serving;

/// <summary>A database file that a server has written and left in order, with 500 jobs; made once and copied by each test.</summary>
public sealed class SoundFile : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();

    internal string Path => _directory.Database;

    public async Task InitializeAsync()
    {
        await using var server = await ServerProcess.StartAsync(ServerStart.Serve(Path));
        var jobs = string.Join(',', Enumerable.Repeat("""{"handler":"heartbeat","delay":"1h","tags":["one of many"]}""", 500));
        (await server.Api.PostAsync("/api/v1/jobs/bulk", $"[{jobs}]")).Is(HttpStatusCode.Created);
        Assert.Equal(0, await server.TerminateAsync());
    }

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }
}
