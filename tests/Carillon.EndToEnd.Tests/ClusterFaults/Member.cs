using System.Diagnostics;
using System.Globalization;
using Carillon.EndToEnd.Tests.Running;
using Carillon.EndToEnd.Tests.Wires;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>A place in the cluster: a wire to the database, and the server process that runs behind it now.</summary>
internal sealed class Member(string name, Wire wire, Func<string, Wire, ServerStart> startOf) : IAsyncDisposable
{
    private ServerProcess? _server;
    private int _generation;

    /// <summary>The node's name now; each process that is to be another node has a name of its own.</summary>
    public string Node => _generation == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{_generation}");

    public Wire Wire => wire;

    /// <summary>Takes requests, as far as the test knows.</summary>
    public bool IsUp { get; private set; }

    public ServerProcess Server => _server ?? throw new InvalidOperationException($"{Node} was not started.");

    public Api Api => Server.Api;

    public async Task StartAsync(bool asAnother = false)
    {
        await StopOldAsync();
        _generation += asAnother ? 1 : 0;
        _server = await ServerProcess.StartAsync(startOf(Node, wire));
        IsUp = true;
    }

    /// <summary>Starts another node here and waits for nothing.</summary>
    public async Task LaunchAsync()
    {
        await StopOldAsync();
        _generation++;
        _server = ServerProcess.Launch(startOf(Node, wire));
    }

    /// <summary>What was launched takes requests now.</summary>
    public async Task UntilUpAsync()
    {
        await Server.UntilReadyAsync();
        IsUp = true;
    }

    /// <summary><c>kill -9</c>; says when, by the monotonic clock.</summary>
    public async Task<long> KillAsync()
    {
        IsUp = false;
        var at = Stopwatch.GetTimestamp();
        await Server.KillAsync();
        return at;
    }

    public async Task<int> TerminateAsync()
    {
        IsUp = false;
        return await Server.TerminateAsync();
    }

    public void Pause()
    {
        IsUp = false;
        Server.Pause();
    }

    public void Resume()
    {
        Server.Resume();
        IsUp = true;
    }

    public async ValueTask DisposeAsync()
    {
        await StopOldAsync();
        await wire.DisposeAsync();
    }

    private async Task StopOldAsync()
    {
        IsUp = false;
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }
}
