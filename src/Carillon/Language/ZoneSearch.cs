namespace Carillon.Language;

/// <summary>
/// Makes instants of local times in a zone, and finds the next or the previous one. Instants are seconds since 0001-01-01 UTC. What a time
/// means that the clock skips or shows twice stands in the <see cref="ClockRule"/>. The local times are passed by reference: a call through an
/// interface on a read-only struct would copy it each time.
/// </summary>
internal static partial class ZoneSearch
{
    // No zone moves its clocks by more than a day.
    private const long TwoDays = 2 * 86_400;

    /// <summary>The first instant at or after <paramref name="from"/>, or <see cref="CronSearch.None"/>.</summary>
    public static long Next<T>(ref T times, ClockRule rule, Zone zone, long from)
        where T : ILocalTimes
    {
        var clock = zone.Clock;
        var span = clock.SpanOf(from);
        while (true)
        {
            var found = In(ref times, rule, clock, (span, from), out var local);
            if (found != CronSearch.None) return found;
            if (span == clock.Last) return CronSearch.None;
            var end = clock.End(span);
            var isLong = end - from >= TwoDays;
            (span, from) = (span + 1, end);

            // All local times up to the one found, or to the last year, are known to be none: leap over the changes of clocks before it.
            // Not from a short piece, whose local times before its begin come again if the next change is an overlap.
            if (!isLong) continue;
            if (local < 0) return CronSearch.None;
            if (local - TwoDays > from) (span, from) = (clock.SpanOf(local - TwoDays), local - TwoDays);
        }
    }

    private static long In<T>(ref T times, ClockRule rule, ZoneClock clock, (int Span, long From) at, out long local)
        where T : ILocalTimes
    {
        var (span, from) = at;
        var offset = clock.Offset(span);
        var begin = from + offset;
        var inGap = CronSearch.None;
        if (span > 0 && from - clock.Start(span) < TwoDays)
        {
            var (start, before) = (clock.Start(span), clock.Offset(span - 1));
            if (before < offset && rule.Gap != ClockGap.Skip) inGap = InGap(ref times, rule.Gap, from, start, (before, offset));
            if (before > offset && rule.Repeat == ClockRepeat.First) begin = Math.Max(begin, start + before);
        }

        local = times.Next(begin);
        var isInside = local >= 0 && local < LocalEnd(rule, clock, span);
        if (!isInside) return inGap;
        return inGap == CronSearch.None ? local - offset : Math.Min(inGap, local - offset);
    }

    private static long InGap<T>(ref T times, ClockGap gap, long from, long start, (int Before, int After) offset)
        where T : ILocalTimes
    {
        var isShift = gap == ClockGap.Shift;
        if (!isShift && from > start) return CronSearch.None;
        var local = times.Next(Math.Max(from, start) + offset.Before);
        if (local < 0 || local >= start + offset.After) return CronSearch.None;
        return isShift ? local - offset.Before : start;
    }

    /// <summary>The first local time that does not count in a span: at its end, or where those begin that are only due the second time.</summary>
    private static long LocalEnd(ClockRule rule, ZoneClock clock, int span)
    {
        if (span == clock.Last) return long.MaxValue;
        var (offset, after) = (clock.Offset(span), clock.Offset(span + 1));
        return clock.End(span) + (rule.Repeat == ClockRepeat.Last ? Math.Min(offset, after) : offset);
    }
}
