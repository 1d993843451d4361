using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Carillon.Jobs;
using Carillon.Store;
using Carillon.Testing;

namespace Carillon.Tests.Engine;

// Meter and source are the process's: each test looks only at what carries the name of its own queue or handler.
public sealed class TelemetryTests
{
    [Fact]
    public async Task The_span_of_an_attempt_hangs_on_the_call_that_enqueued_it()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is Carillon.Telemetry.Telemetry.Name or "the user's",
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("the user's");
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("traced", async (CancellationToken _) => await Task.CompletedTask));
        ActivityContext parent;
        using (var call = source.StartActivity("POST /letters")!)
        {
            parent = call.Context;
            await harness.Jobs.EnqueueAsync(new JobRequest { Handler = "traced" });
        }

        await harness.RunDueAsync();

        var span = Assert.Single(spans, span => span.OperationName == "process traced");
        Assert.Equal((parent.TraceId, parent.SpanId, ActivityKind.Consumer), (span.TraceId, span.ParentSpanId, span.Kind));
        Assert.Equal(1, span.GetTagItem("carillon.attempt"));
    }

    [Fact]
    public async Task A_failed_attempt_is_a_span_in_error()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Carillon.Telemetry.Telemetry.Name,
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle("in-error", (JobContext _) => throw new InvalidOperationException("it failed")));

        await harness.RunAsync(new JobRequest { Handler = "in-error" });

        Assert.Equal(ActivityStatusCode.Error, Assert.Single(spans, span => span.OperationName == "process in-error").Status);
    }

    [Fact]
    public async Task Jobs_are_counted_from_their_acceptance_to_their_end()
    {
        using var meters = new Meters("messaging.destination.name", "counted");
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle(new HandlerDefinition
        {
            Name = "counted.work",
            Queue = "counted",
            Run = context => context.Attempt < 3 ? throw new InvalidOperationException("it failed") : Task.FromResult<Outcome?>(null),
        }));

        await harness.RunAsync(new JobRequest { Handler = "counted.work" });
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(1, meters.Sum("messaging.client.sent.messages"));
        Assert.Equal(3, meters.Sum("carillon.job.ended"));
        Assert.Equal(2, meters.Sum("carillon.job.ended", "carillon.outcome", "retry"));
        Assert.Equal(3, meters.Count("messaging.process.duration"));
        Assert.Equal(3, meters.Count("carillon.job.wait.duration"));
    }

    [Fact]
    public async Task Schedules_say_how_late_they_fired()
    {
        using var meters = new Meters("carillon.handler", "late.work");
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle(new HandlerDefinition
        {
            Name = "late.work",
            Run = static _ => Task.FromResult<Outcome?>(null),
            Schedules = [new HandlerSchedule(RecurrenceKind.Every, "1m")],
        }));

        await harness.AdvanceAsync(TimeSpan.FromMinutes(3));

        Assert.Equal(3, meters.Count("carillon.schedule.lateness"));
        Assert.Equal(3, meters.Sum("messaging.client.sent.messages"));
        Assert.Equal(0, meters.Sum("carillon.schedule.lateness"));
    }

    [Fact]
    public async Task Skipped_instants_and_store_calls_are_measured()
    {
        using var meters = new Meters(null, null);
        await using var harness = await CarillonHarness.StartAsync(carillon => carillon.Handle(new HandlerDefinition
        {
            Name = "slow",
            Run = async context => { await Task.Delay(TimeSpan.FromMinutes(10), context.Clock); return null; },
            Schedules = [new HandlerSchedule(RecurrenceKind.Every, "1m")],
        }));

        await harness.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.True(meters.Sum("carillon.schedule.skipped", "carillon.reason", "overlap") >= 4);
        Assert.True(meters.Count("carillon.store.duration", "carillon.store.call", "fire") >= 5);
    }

    private sealed class Meters : IDisposable
    {
        private readonly ConcurrentBag<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _seen = [];
        private readonly MeterListener _listener = new();

        public Meters(string? tag, string? value)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Carillon.Telemetry.Telemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, measured, tags, _) => See(instrument, measured, tags.ToArray()));
            _listener.SetMeasurementEventCallback<double>((instrument, measured, tags, _) => See(instrument, measured, tags.ToArray()));
            _listener.Start();

            void See(Instrument instrument, double measured, KeyValuePair<string, object?>[] tags)
            {
                if (tag is null || Has(tags, tag, value!))
                {
                    _seen.Add((instrument.Name, measured, tags));
                }
            }
        }

        public double Sum(string name, string? tag = null, string? value = null) => Of(name, tag, value).Sum(seen => seen.Value);

        public int Count(string name, string? tag = null, string? value = null) => Of(name, tag, value).Count();

        public void Dispose() => _listener.Dispose();

        private IEnumerable<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> Of(string name, string? tag, string? value) =>
            _seen.Where(seen => seen.Name == name && (tag is null || Has(seen.Tags, tag, value!)));

        private static bool Has(KeyValuePair<string, object?>[] tags, string tag, string value) => tags.Any(pair => pair.Key == tag && value.Equals(pair.Value));
    }
}
