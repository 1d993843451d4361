using Carillon.Cluster;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>
/// Keeps the node alive: follows the clock each second, renews the leases each heartbeat, stops jobs that were cancelled or whose
/// claim is lost, and brings the log lines and progress of running jobs to the store.
/// </summary>
internal sealed partial class Heartbeat(IStore store, NodeLease node, Leadership leadership, HeartbeatParts parts, ILogger<Heartbeat> logger) : IStep
{
    private static readonly TimeSpan ClockCheck = TimeSpan.FromSeconds(1);
    private readonly Dictionary<Guid, double> _reported = [];
    private DateTimeOffset _nextBeatAt = DateTimeOffset.MinValue;
    private long _lastBeat;
    private volatile bool _isAsked;

    /// <summary>A running job was asked to stop: beat at once.</summary>
    public void Ask() => _isAsked = true;

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken)
    {
        var step = parts.FollowClock();
        if (step != TimeSpan.Zero)
        {
            await store.ShiftDelaysAsync(step, cancellationToken);
            _nextBeatAt += step;
            parts.ClockStepped();
        }

        await BringProgressAsync(cancellationToken);
        var now = parts.Clock.GetUtcNow();
        if (_isAsked || !node.IsHeld || now >= _nextBeatAt || parts.Clock.GetElapsedTime(_lastBeat) >= parts.Interval)
        {
            await BeatAsync(cancellationToken);
            (_nextBeatAt, _lastBeat) = (now + parts.Interval, parts.Clock.GetTimestamp());
        }

        return now + ClockCheck;
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        _isAsked = false;
        try
        {
            foreach (var cancel in await node.BeatAsync(cancellationToken))
            {
                parts.Running.Stop(cancel);
            }

            await leadership.BeatAsync(cancellationToken);
            await BringLogsAsync(cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogBeatFailed(error, node.Node, error.Message);
            if (!node.IsHeld)
            {
                node.Lose();
            }
        }
    }

    private async Task BringLogsAsync(CancellationToken cancellationToken)
    {
        var lines = parts.Running.All.Select(attempt => attempt.Log.Take()).OfType<JournalEntry>().ToList();
        if (lines.Count > 0)
        {
            await store.AppendAsync(lines, cancellationToken);
        }
    }

    private async Task BringProgressAsync(CancellationToken cancellationToken)
    {
        foreach (var attempt in parts.Running.All)
        {
            if (attempt.Context?.Progress is { } progress && _reported.GetValueOrDefault(attempt.Job.Id, -1) != progress)
            {
                _reported[attempt.Job.Id] = progress;
                await store.ReportAsync(attempt.Job.Id, attempt.Job.Token, progress, cancellationToken);
            }
        }

        if (_reported.Count > 0 && parts.Running.Count == 0)
        {
            _reported.Clear();
        }
    }

    [LoggerMessage(1030, LogLevel.Error, "Node {Node} could not renew its lease: {Reason}. It tries again; its jobs go on until the lease runs out")]
    private partial void LogBeatFailed(Exception error, string node, string reason);
}

/// <summary>What a heartbeat works with.</summary>
internal sealed record HeartbeatParts(RunningJobs Running, TimeProvider Clock, TimeSpan Interval)
{
    /// <summary>Compares the clock with the machine's; zero where the store has its own.</summary>
    public Func<TimeSpan> FollowClock { get; init; } = static () => TimeSpan.Zero;

    /// <summary>Told when a step of the clock has been followed.</summary>
    public Action ClockStepped { get; init; } = static () => { };
}
