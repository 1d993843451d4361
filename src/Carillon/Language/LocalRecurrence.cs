namespace Carillon.Language;

/// <summary>A recurrence of local times: what a wall clock shows, made instants by a zone's rules.</summary>
/// <typeparam name="T">The local times; a struct, so that a search allocates nothing.</typeparam>
internal abstract class LocalRecurrence<T>(T times) : Recurrence
    where T : struct, ILocalTimes
{
    // Years before 1900 have zones of odd seconds and no user.
    private static readonly long FirstSecond = new DateTime(CronSearch.FirstYear, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerSecond;
    private T _times = times;

    private protected ref readonly T Times => ref _times;

    /// <summary>What it does at a change of clocks where the user chose nothing.</summary>
    private protected abstract (ClockGap Fixed, ClockGap Interval) DefaultGaps { get; }

    private ClockRule Rule => ClockRule.Of(Changes, _times.IsInterval, DefaultGaps.Fixed, DefaultGaps.Interval);

    private protected override DateTimeOffset? FindNext(DateTimeOffset after, Zone zone)
    {
        var from = Math.Max(FirstSecond, (after.UtcTicks / TimeSpan.TicksPerSecond) + 1);
        if (zone.FixedOffset is not { } offset) return InstantOf(ZoneSearch.Next(ref _times, Rule, zone, from));
        var local = _times.Next(from + offset);
        return local < 0 ? null : InstantOf(local - offset);
    }

    private protected override DateTimeOffset? FindPrevious(DateTimeOffset before, Zone zone)
    {
        var upTo = (before.UtcTicks - 1) / TimeSpan.TicksPerSecond;
        return upTo < FirstSecond ? null : InstantOf(ZoneSearch.Previous(ref _times, Rule, zone, upTo));
    }

    internal override DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset upTo, Zone zone)
    {
        var last = upTo == DateTimeOffset.MaxValue ? Previous(upTo, zone) : Previous(upTo.AddTicks(1), zone);
        return last > after ? last : null;
    }

    private static DateTimeOffset? InstantOf(long second) => second < FirstSecond ? null : new DateTimeOffset(new DateTime(second * TimeSpan.TicksPerSecond, DateTimeKind.Utc));
}
