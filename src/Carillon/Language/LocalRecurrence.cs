namespace Carillon.Language;

/// <summary>A recurrence of local times: what a wall clock shows, made instants by a zone's rules.</summary>
/// <typeparam name="T">The local times; a struct, so that a search allocates nothing.</typeparam>
internal abstract class LocalRecurrence<T>(T times) : Recurrence
    where T : struct, ILocalTimes
{
    // Years before 1900 have zones of odd seconds and no user.
    private static readonly long FirstSecond = new DateTime(CronSearch.FirstYear, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerSecond;
    private readonly T _times = times;

    /// <summary>What it does at a change of clocks where the user chose nothing.</summary>
    private protected abstract (ClockGap Fixed, ClockGap Interval) DefaultGaps { get; }

    /// <summary>The local times as they are in a zone.</summary>
    private protected virtual T TimesIn(Zone zone) => _times;

    private ClockRule Rule => ClockRule.Of(Changes, _times.IsInterval, DefaultGaps.Fixed, DefaultGaps.Interval);

    private protected override DateTimeOffset? FindNext(DateTimeOffset after, Zone zone)
    {
        var from = Math.Max(FirstSecond, (after.UtcTicks / TimeSpan.TicksPerSecond) + 1);
        return InstantOf(ZoneSearch.Next(TimesIn(zone), Rule, zone, from));
    }

    private protected override DateTimeOffset? FindPrevious(DateTimeOffset before, Zone zone)
    {
        var upTo = (before.UtcTicks - 1) / TimeSpan.TicksPerSecond;
        return upTo < FirstSecond ? null : InstantOf(ZoneSearch.Previous(TimesIn(zone), Rule, zone, upTo));
    }

    internal override DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset upTo, Zone zone)
    {
        var last = upTo == DateTimeOffset.MaxValue ? Previous(upTo, zone) : Previous(upTo.AddTicks(1), zone);
        return last > after ? last : null;
    }

    private static DateTimeOffset? InstantOf(long second) => second < FirstSecond ? null : new DateTimeOffset(second * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
