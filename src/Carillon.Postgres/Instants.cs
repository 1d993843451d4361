namespace Carillon.Postgres;

/// <summary>
/// Instants at rest: 100-nanosecond ticks since 1970 in UTC, exactly what a <see cref="DateTimeOffset"/> holds. The database's own
/// timestamps count microseconds: a schedule's next instant would be rounded down, and the instant "after" it would be the same again.
/// </summary>
internal static class Instants
{
    public static long ToTicks(DateTimeOffset value) => value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    public static DateTimeOffset FromTicks(long ticks) => new(ticks + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero);
}
