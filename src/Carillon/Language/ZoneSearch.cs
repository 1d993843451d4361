using NodaTime;

namespace Carillon.Language;

/// <summary>
/// Finds the next instant of local times in a zone. Instants are seconds since 0001-01-01 UTC. The change of clocks:
/// a time that the clock skips is due once at the gap's end, or, for an interval expression of the unix dialect, when the old clock
/// would have shown it; a time that the clock shows twice is due the first time, or, for an interval expression, both times.
/// </summary>
internal static class ZoneSearch
{
    private const long UnixEpoch = 62_135_596_800;

    // No zone moves its clocks by more than a day.
    private const long TwoDays = 2 * 86_400;

    /// <summary>The first instant at or after <paramref name="from"/>, or <see cref="CronSearch.None"/>.</summary>
    public static long Next<T>(in T times, bool isGapElapsed, Zone zone, long from)
        where T : ILocalTimes
    {
        if (zone.FixedOffset is { } offset)
        {
            var local = times.Next(from + offset);
            return local < 0 ? CronSearch.None : local - offset;
        }

        for (var isFirst = true; ; isFirst = false)
        {
            var interval = zone.Rules.GetZoneInterval(Instant.FromUnixTimeSeconds(from - UnixEpoch));
            var found = In(times, isGapElapsed, zone, interval, from, out var local);
            if (found != CronSearch.None) return found;
            if (!interval.HasEnd) return CronSearch.None;
            var start = interval.HasStart ? Seconds(interval.Start) : 0;
            from = Seconds(interval.End);
            if (isFirst || from - start < TwoDays) continue;

            // All local times up to the one found, or to the last year, are known to be none: leap over the changes of clocks before it.
            // Not from the first interval, whose local times before the start of the search come again if the next change is an overlap.
            if (local < 0) return CronSearch.None;
            from = Math.Max(from, local - TwoDays);
        }
    }

    private static long In<T>(in T times, bool isGapElapsed, Zone zone, NodaTime.TimeZones.ZoneInterval interval, long from, out long local)
        where T : ILocalTimes
    {
        var offset = interval.WallOffset.Seconds;
        var begin = from + offset;
        var inGap = CronSearch.None;
        if (interval.HasStart && from - Seconds(interval.Start) < TwoDays)
        {
            var start = Seconds(interval.Start);
            var before = zone.Rules.GetZoneInterval(interval.Start.PlusNanoseconds(-1)).WallOffset.Seconds;
            if (before < offset) inGap = InGap(times, isGapElapsed, from, start, (before, offset));
            if (before > offset && !times.IsInterval) begin = Math.Max(begin, start + before);
        }

        local = times.Next(begin);
        var isInside = local >= 0 && (!interval.HasEnd || local - offset < Seconds(interval.End));
        if (!isInside) return inGap;
        return inGap == CronSearch.None ? local - offset : Math.Min(inGap, local - offset);
    }

    private static long InGap<T>(in T times, bool isElapsed, long from, long start, (int Before, int After) offset)
        where T : ILocalTimes
    {
        if (!isElapsed && from > start) return CronSearch.None;
        var local = times.Next(Math.Max(from, start) + offset.Before);
        if (local < 0 || local >= start + offset.After) return CronSearch.None;
        return isElapsed ? local - offset.Before : start;
    }

    private static long Seconds(Instant instant) => instant.ToUnixTimeSeconds() + UnixEpoch;
}
