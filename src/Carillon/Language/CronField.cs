namespace Carillon.Language;

/// <summary>What one field of a cron expression may hold.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Max">The greatest value.</param>
/// <param name="Cycle">A range that runs backwards goes on after so many values: 22-2 is 22, 23, 0, 1, 2.</param>
/// <param name="Salt">Sets its <c>H</c> apart from that of the other fields.</param>
/// <param name="Names">Three-letter names, the first standing for <paramref name="Min"/>; empty for none.</param>
/// <param name="IsTime">A star, range or step in it makes the expression an interval at the change of clocks.</param>
internal sealed record CronField(string Name, int Min, int Max, int Cycle, int Salt, string Names = "", bool IsTime = false)
{
    public static readonly CronField Second = new("second", 0, 59, 60, 0, IsTime: true);
    public static readonly CronField Minute = new("minute", 0, 59, 60, 1, IsTime: true);
    public static readonly CronField Hour = new("hour", 0, 23, 24, 2, IsTime: true);
    public static readonly CronField Day = new("day of month", 1, 31, 31, 3);
    public static readonly CronField Month = new("month", 1, 12, 12, 4, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC");
    public static readonly CronField Weekday = new("day of week", 0, 7, 7, 5, "SUNMONTUEWEDTHUFRISAT");
    public static readonly CronField QuartzWeekday = new("day of week", 1, 7, 7, 5, "SUNMONTUEWEDTHUFRISAT");
    public static readonly CronField Year = new("year", CronYears.First, CronYears.Last, 1, 6);

    /// <summary>The greatest value that <c>H</c> takes by itself: a day that each month has, each weekday once.</summary>
    public int HashMax => this == Day ? 28 : this == Weekday ? 6 : Max;

    /// <summary>The day of the week in any dialect.</summary>
    public bool IsWeekday => Names.StartsWith("SUN", StringComparison.Ordinal);

    /// <summary>All values.</summary>
    public ulong All => ((1UL << (Max - Min + 1)) - 1) << Min;

    /// <summary>For messages: what a value may be.</summary>
    public string Range => Names.Length == 0 ? $"{Min} to {Max}" : $"{Min} to {Max} or {Names.Substring(0, 3)} to {Names.Substring(Names.Length - 3)}";

    /// <summary>The value of a three-letter name; −1 when it is none.</summary>
    public int ValueOf(ReadOnlySpan<char> name)
    {
        for (var at = 0; name.Length == 3 && at < Names.Length; at += 3)
        {
            if (name.Equals(Names.AsSpan(at, 3), StringComparison.OrdinalIgnoreCase)) return Min + (at / 3);
        }

        return -1;
    }
}
