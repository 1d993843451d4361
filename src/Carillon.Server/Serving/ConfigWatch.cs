using Carillon.Engine;

namespace Carillon.Server.Serving;

/// <summary>Looks at the configuration files whenever their directories change, for as long as the server runs.</summary>
internal sealed class ConfigWatch(ConfigStep step, ConfigFiles files, TimeProvider clock, ILogger<Loop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var wake = new FileWake(files.Paths, clock);

        // The first look too waits until the directory is quiet: a file that is being written is empty for a moment, and would remove all that it made.
        wake.Pulse();
        await wake.WaitAsync(null, stoppingToken);
        await new Loop(step, wake, clock, sweep: null, logger).RunAsync(stoppingToken);
    }
}
