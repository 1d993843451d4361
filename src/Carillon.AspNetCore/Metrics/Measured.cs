using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Carillon.AspNetCore.Metrics;

/// <summary>One instrument and what it has measured.</summary>
internal sealed class Measured
{
    private const int MaxSeries = 2_000;
    private static readonly IReadOnlyList<double> UsualBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly KeyValuePair<string, object?>[] Overflow = [new("otel.metric.overflow", "true")];
    private readonly ConcurrentDictionary<Tags, Series> _series = new(new TagsComparer());
    // What is measured is the whole, not what is added to it.
    private readonly bool _isLast;

    public Measured(Instrument instrument, string type)
    {
        (Instrument, Type, _isLast) = (instrument, type, instrument.IsObservable || instrument is Gauge<double> or Gauge<long> or Gauge<int>);
        Bounds = type == "histogram" ? (instrument as Instrument<double>)?.Advice?.HistogramBucketBoundaries ?? UsualBounds : null;
    }

    public Instrument Instrument { get; }

    /// <summary>As Prometheus calls it: counter, gauge, histogram.</summary>
    public string Type { get; }

    public IReadOnlyList<double>? Bounds { get; }

    public IEnumerable<KeyValuePair<Tags, Series>> All => _series;

    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>().TryGetValue(tags, out var series))
        {
            // Tags are few by design; should one not be, the rest counts together instead of filling the memory.
            var place = new Tags(_series.Count < MaxSeries ? tags.ToArray() : Overflow);
            series = _series.GetOrAdd(place, _ => new Series(Bounds));
        }

        if (_isLast)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }
}
