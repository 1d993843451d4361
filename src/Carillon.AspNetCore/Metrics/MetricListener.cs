using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Carillon.AspNetCore.Metrics;

/// <summary>Keeps what Carillon's meter measures, from when the API was mapped on, for the next scrape.</summary>
internal sealed class MetricListener : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Measured> _byName = new(StringComparer.Ordinal);

    public MetricListener(bool isOn = true)
    {
        if (!isOn)
        {
            return;
        }

        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((Measured)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((Measured)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((Measured)state!).Add(value, tags));
        _listener.Start();
    }

    /// <summary>Everything measured so far, by name.</summary>
    public IReadOnlyList<Measured> Collect()
    {
        _listener.RecordObservableInstruments();
        return [.. _byName.Values.OrderBy(measured => measured.Instrument.Name, StringComparer.Ordinal)];
    }

    public void Dispose() => _listener.Dispose();

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == Telemetry.Telemetry.Name && TypeOf(instrument) is { } type)
        {
            listener.EnableMeasurementEvents(instrument, _byName.GetOrAdd(instrument.Name, _ => new Measured(instrument, type)));
        }
    }

    private static string? TypeOf(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "counter"
            : type.Contains("UpDownCounter", StringComparison.Ordinal) || type.Contains("Gauge", StringComparison.Ordinal) ? "gauge"
            : null;
    }
}
