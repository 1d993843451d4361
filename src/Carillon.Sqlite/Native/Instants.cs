namespace Carillon.Sqlite.Native;

/// <summary>
/// Instants at rest: 100-nanosecond ticks since 1970 in UTC, exactly what a <see cref="DateTimeOffset"/> holds. Anything coarser would
/// round a schedule's next instant down, and the instant "after" it would then be the same one again.
/// </summary>
internal static class Instants
{
    public static long ToTicks(DateTimeOffset value) => value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    public static DateTimeOffset FromTicks(long ticks) => new(ticks + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero);

    /// <summary>So long after an instant, or the last one there is.</summary>
    public static long Add(long ticks, TimeSpan duration) => duration.Ticks > long.MaxValue - ticks ? long.MaxValue : ticks + duration.Ticks;
}
