using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>The one loop of the product: runs a step, waits as it says, and goes on after an error with a growing pause.</summary>
internal sealed partial class Loop(IStep step, IWake wake, TimeProvider clock, TimeSpan? sweep, ILogger<Loop> logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly RepeatedError _error = new(clock);
    private int _failures;

    /// <summary>Runs until cancelled. <c>sweep</c> is the longest rest where a wake-up can be lost; null where it cannot.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = await RunSafelyAsync(stoppingToken);
            await wake.WaitAsync(Earlier(next, clock.GetUtcNow() + sweep), stoppingToken);
        }
    }

    private async Task<DateTimeOffset?> RunSafelyAsync(CancellationToken stoppingToken)
    {
        try
        {
            var next = await step.RunOnceAsync(stoppingToken);
            _failures = 0;
            _error.Forget();
            return next;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error)
        {
            var pause = TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 100 * Math.Pow(2, Math.Min(_failures++, 20))));
            if (_error.Tell(error) is { } reason)
            {
                LogStepFailed(error, step.GetType().Name, reason, pause);
            }

            return clock.GetUtcNow() + pause;
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    [LoggerMessage(1001, LogLevel.Error, "{Step} failed: {Reason}. It is tried again in {Pause}.")]
    private partial void LogStepFailed(Exception error, string step, string reason, TimeSpan pause);
}
