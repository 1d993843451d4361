namespace Carillon.Language;

/// <summary>The way back.</summary>
internal static partial class ZoneSearch
{
    /// <summary>The last instant at or before <paramref name="upTo"/>, or <see cref="CronSearch.None"/>.</summary>
    public static long Previous<T>(ref T times, ClockRule rule, Zone zone, long upTo)
        where T : ILocalTimes
    {
        var clock = zone.Clock;
        var span = clock.SpanOf(upTo);
        while (true)
        {
            var found = LastIn(ref times, rule, clock, (span, upTo), out var local);
            if (found != CronSearch.None || span == 0) return found;
            var start = clock.Start(span);
            var isLong = upTo - start >= TwoDays;
            (span, upTo) = (span - 1, start - 1);
            if (!isLong) continue;
            if (local < 0) return CronSearch.None;
            if (local + TwoDays < upTo) (span, upTo) = (clock.SpanOf(local + TwoDays), local + TwoDays);
        }
    }

    private static long LastIn<T>(ref T times, ClockRule rule, ZoneClock clock, (int Span, long UpTo) at, out long local)
        where T : ILocalTimes
    {
        var (span, upTo) = at;
        var offset = clock.Offset(span);
        local = times.Previous(Math.Min(upTo + offset, LocalEnd(rule, clock, span) - 1));
        if (span == 0) return local < 0 ? CronSearch.None : local - offset;
        var (start, before) = (clock.Start(span), clock.Offset(span - 1));
        var begin = start + (rule.Repeat == ClockRepeat.First ? Math.Max(before, offset) : offset);
        var regular = local >= begin ? local - offset : CronSearch.None;
        if (regular >= start + TwoDays || before >= offset || rule.Gap == ClockGap.Skip) return regular;
        return Math.Max(regular, LastInGap(ref times, rule.Gap, upTo, start, (before, offset)));
    }

    private static long LastInGap<T>(ref T times, ClockGap gap, long upTo, long start, (int Before, int After) offset)
        where T : ILocalTimes
    {
        var isShift = gap == ClockGap.Shift;
        var last = start + offset.After - 1;
        var local = times.Previous(isShift ? Math.Min(last, upTo + offset.Before) : last);
        if (local < start + offset.Before) return CronSearch.None;
        return isShift ? local - offset.Before : start;
    }
}
