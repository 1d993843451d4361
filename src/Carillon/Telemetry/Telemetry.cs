using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Carillon.Telemetry;

/// <summary>Every name that Carillon measures or traces under; <c>docs/metrics.md</c> lists the same ones, and a test compares.</summary>
public static class Telemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Carillon";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600],
    };

    internal static readonly Histogram<double> ProcessDuration = Meter.CreateHistogram(
        "messaging.process.duration", "s", "Time a handler took for one attempt.", advice: Durations);

    internal static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{message}", "Jobs accepted.");

    internal static readonly Counter<long> Consumed = Meter.CreateCounter<long>(
        "messaging.client.consumed.messages", "{message}", "Jobs claimed.");

    internal static readonly Histogram<double> JobWait = Meter.CreateHistogram(
        "carillon.job.wait.duration", "s", "From the instant a job was due to the start of the attempt.", advice: Durations);

    internal static readonly Histogram<double> ScheduleLateness = Meter.CreateHistogram(
        "carillon.schedule.lateness", "s", "From a schedule's instant to the making of its job.", advice: Durations);

    internal static readonly Counter<long> ScheduleSkipped = Meter.CreateCounter<long>(
        "carillon.schedule.skipped", "{instant}", "Instants of schedules that made no job, by reason.");

    internal static readonly Counter<long> JobEnded = Meter.CreateCounter<long>(
        "carillon.job.ended", "{attempt}", "Attempts ended, by outcome.");

    internal static readonly Counter<long> ClaimLost = Meter.CreateCounter<long>(
        "carillon.claim.lost", "{claim}", "Ends of attempts that were refused because the claim had been lost.");

    internal static readonly UpDownCounter<long> Running = Meter.CreateUpDownCounter<long>(
        "carillon.job.running", "{job}", "Jobs running on this node.");

    internal static readonly Histogram<double> LockWait = Meter.CreateHistogram(
        "carillon.lock.wait.duration", "s", "From asking for a lock to having it, or going without.", advice: Durations);

    internal static readonly UpDownCounter<long> LocksHeld = Meter.CreateUpDownCounter<long>(
        "carillon.lock.held", "{lock}", "Locks that this process holds.");

    internal static readonly Counter<long> LocksLost = Meter.CreateCounter<long>(
        "carillon.lock.lost", "{lock}", "Locks that were lost with their node's lease.");

    internal static readonly Histogram<double> StoreDuration = Meter.CreateHistogram(
        "carillon.store.duration", "s", "Time a store call took, by call.", advice: Durations);

    /// <summary>Shows a store's connections whenever somebody looks, until it is disposed. A store that has none shows nothing.</summary>
    internal static Meter WatchConnections(string store, Func<(int Used, int Max)?> look)
    {
        var meter = new Meter(Name);
        KeyValuePair<string, object?> tag = new("carillon.store", store);
        meter.CreateObservableGauge<long>(
            "carillon.store.connections", () => look() is { } seen ? [new(seen.Used, tag)] : [], "{connection}", "Connections to the store's database that this process uses.");
        meter.CreateObservableGauge<long>(
            "carillon.store.connections.max", () => look() is { } seen ? [new(seen.Max, tag)] : [], "{connection}", "Connections that the pool may have at most.");
        return meter;
    }

    internal static readonly Counter<long> OutputLost = Meter.CreateCounter<long>(
        "carillon.output.lost", "{record}", "Records of ended attempts that an output did not take, by reason.");

    internal static readonly Gauge<double> ClockOffset = Meter.CreateGauge<double>(
        "carillon.clock.offset", "s", "How far cluster time is ahead of this machine's clock.");

    internal static readonly Counter<long> ClockSteps = Meter.CreateCounter<long>(
        "carillon.clock.steps", "{step}", "Steps of the machine's clock that were noticed.");
}
