using NodaTime;
using NodaTime.TimeZones;

namespace Carillon.Language;

/// <summary>
/// A zone's changes of clocks from 1900 to 2199 as two arrays, so that a search costs no allocation and few steps. Instants are seconds since
/// 0001-01-01 UTC. Names that change without the offset are no changes here.
/// </summary>
internal sealed class ZoneClock
{
    private const long UnixEpoch = 62_135_596_800;
    private readonly long[] _starts;
    private readonly int[] _offsets;
    private int _hint;

    public ZoneClock(DateTimeZone rules)
    {
        var (starts, offsets) = (new List<long>(), new List<int>());
        var years = new Interval(Instant.FromUtc(CronSearch.FirstYear - 1, 12, 1, 0, 0), Instant.FromUtc(CronSearch.LastYear + 1, 2, 1, 0, 0));
        foreach (var interval in rules.GetZoneIntervals(years, ZoneEqualityComparer.Options.OnlyMatchWallOffset))
        {
            starts.Add(starts.Count == 0 ? long.MinValue : interval.Start.ToUnixTimeSeconds() + UnixEpoch);
            offsets.Add(interval.WallOffset.Seconds);
        }

        (_starts, _offsets) = ([.. starts], [.. offsets]);
    }

    /// <summary>The last of the spans between two changes.</summary>
    public int Last => _starts.Length - 1;

    /// <summary>Seconds east of Greenwich in a span.</summary>
    public int Offset(int span) => _offsets[span];

    /// <summary>The first instant of a span; the first span has none.</summary>
    public long Start(int span) => _starts[span];

    /// <summary>The first instant after a span; the last span has none.</summary>
    public long End(int span) => span < Last ? _starts[span + 1] : long.MaxValue;

    /// <summary>The span in which an instant lies.</summary>
    public int SpanOf(long instant)
    {
        // Searches mostly ask for the same span again. Racing writers all write a true answer to somebody's question, and it is checked.
        var span = Volatile.Read(ref _hint);
        if (_starts[span] <= instant && instant < End(span)) return span;
        span = Array.BinarySearch(_starts, instant);
        span = span < 0 ? ~span - 1 : span;
        Volatile.Write(ref _hint, span);
        return span;
    }
}
