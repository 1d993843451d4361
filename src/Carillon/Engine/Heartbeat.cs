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
    private readonly RepeatedError _error = new(parts.Clock);
    private readonly RepeatedError _bringError = new(parts.Clock);
    private Dictionary<Attempt, double> _reported = [];
    private DateTimeOffset _nextBeatAt = DateTimeOffset.MinValue;
    private long _lastBeat;
    private TimeSpan _untoldStep;
    private volatile bool _isAsked;
    private volatile bool _areLinesDue;
    private int _isBringing;

    /// <summary>A running job was asked to stop: beat at once.</summary>
    public void Ask() => _isAsked = true;

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FollowClockAsync(cancellationToken);
            var now = parts.Clock.GetUtcNow();
            if (_isAsked || !node.IsHeld || now >= _nextBeatAt || parts.Clock.GetElapsedTime(_lastBeat) >= parts.Interval)
            {
                await BeatAsync(now, cancellationToken);
            }

            StartToBring(cancellationToken);
            return _nextBeatAt < now + ClockCheck ? _nextBeatAt : now + ClockCheck;
        }
        finally
        {
            // Whatever failed: the jobs of a node whose lease has run out are told.
            node.Watch();
        }
    }

    // Between the clock's step and the store's a job may be stamped. None may wait for the length of the step because of it, nor a lease
    // seem to have run out: so the store goes first when the clock steps forward, and the clock when it steps back.
    private async Task FollowClockAsync(CancellationToken cancellationToken)
    {
        var step = parts.FollowClock();
        if (step < TimeSpan.Zero)
        {
            StepClock(step);
            _untoldStep += step;
        }

        var forward = step > TimeSpan.Zero ? step : TimeSpan.Zero;
        if (_untoldStep + forward is var told && (told, forward) != default)
        {
            await store.ShiftDelaysAsync(told, cancellationToken);
            _untoldStep = TimeSpan.Zero;
            StepClock(forward);
            parts.ClockStepped();
        }
    }

    private void StepClock(TimeSpan step)
    {
        if (step != TimeSpan.Zero)
        {
            parts.StepClock(step);
            _nextBeatAt = _nextBeatAt == DateTimeOffset.MinValue ? _nextBeatAt : _nextBeatAt + step;
        }
    }

    private async Task BeatAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        _isAsked = false;
        try
        {
            foreach (var cancel in await node.BeatAsync(cancellationToken))
            {
                parts.Running.Stop(cancel);
            }

            await (parts.MayLead() ? leadership.BeatAsync(cancellationToken) : leadership.ReleaseAsync(cancellationToken));
            (_nextBeatAt, _lastBeat) = (now + parts.Interval, parts.Clock.GetTimestamp());
            _error.Forget();
            _areLinesDue = true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            if (_error.Tell(error) is { } reason)
            {
                LogBeatFailed(error, node.Node, reason);
            }

            (_isAsked, _nextBeatAt) = (true, now + (parts.Interval < ClockCheck ? parts.Interval : ClockCheck));
        }
    }

    // What running jobs tell is for people; it must never cost the node its lease: the next beat does not wait for it.
    private void StartToBring(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isBringing, 1) == 0)
        {
            parts.Launch(() => _ = BringAsync(cancellationToken));
        }
    }

    // Nothing awaits it: it must not throw.
    private async Task BringAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_areLinesDue)
            {
                _areLinesDue = false;
                await BringLogsAsync(cancellationToken);
            }

            await BringProgressAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node stops; what its jobs tell goes with their ends.
        }
        finally
        {
            Volatile.Write(ref _isBringing, 0);
        }
    }

    private async Task BringLogsAsync(CancellationToken cancellationToken)
    {
        var taken = parts.Running.All.Select(attempt => (attempt.Log, Lines: attempt.Log.Take())).Where(pair => pair.Lines is not null).ToList();
        if (taken.Count > 0 && !await TryBringAsync(() => store.AppendAsync([.. taken.Select(pair => pair.Lines!)], cancellationToken), cancellationToken))
        {
            taken.ForEach(pair => pair.Log.PutBack());
        }
    }

    private async Task BringProgressAsync(CancellationToken cancellationToken)
    {
        var reported = new Dictionary<Attempt, double>();
        foreach (var attempt in parts.Running.All)
        {
            if (attempt.Context?.Progress is { } progress
                && (_reported.GetValueOrDefault(attempt, -1) == progress
                    || await TryBringAsync(() => store.ReportAsync(attempt.Job.Id, attempt.Job.Token, progress, cancellationToken), cancellationToken)))
            {
                reported[attempt] = progress;
            }
        }

        _reported = reported;
    }

    private async Task<bool> TryBringAsync(Func<Task> bring, CancellationToken cancellationToken)
    {
        try
        {
            await bring();
            _bringError.Forget();
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            if (_bringError.Tell(error) is { } reason)
            {
                LogNotBrought(error, reason);
            }

            return false;
        }
    }

    [LoggerMessage(1030, LogLevel.Error, "Node {Node} could not renew its lease: {Reason}. It tries again; its jobs go on until the lease runs out")]
    private partial void LogBeatFailed(Exception error, string node, string reason);

    [LoggerMessage(1032, LogLevel.Warning, "Log lines or progress of a running job could not be brought to the store: {Reason}. The job goes on")]
    private partial void LogNotBrought(Exception error, string reason);
}

/// <summary>What a heartbeat works with.</summary>
internal sealed record HeartbeatParts(RunningJobs Running, TimeProvider Clock, TimeSpan Interval)
{
    /// <summary>Compares the clock with the machine's: a step to follow; zero where the store has its own.</summary>
    public Func<TimeSpan> FollowClock { get; init; } = static () => TimeSpan.Zero;

    /// <summary>Lets the clock follow such a step.</summary>
    public Action<TimeSpan> StepClock { get; init; } = static _ => { };

    /// <summary>False on a node that fires no schedule, for its roles or because it drains: it should not be the leader.</summary>
    public Func<bool> MayLead { get; init; } = static () => true;

    /// <summary>Where what running jobs tell is brought from.</summary>
    public Launch Launch { get; init; } = Launches.Inline;

    /// <summary>Told when a step of the clock has been followed.</summary>
    public Action ClockStepped { get; init; } = static () => { };
}
