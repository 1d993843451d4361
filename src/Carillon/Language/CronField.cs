namespace Carillon.Language;

/// <summary>What one field of a cron expression may hold.</summary>
internal sealed class CronField
{
    private const string MonthNames = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    private const string DayNames = "SUNMONTUEWEDTHUFRISAT";

    public static readonly CronField Second = new() { Name = "second", Min = 0, Max = 59, Cycle = 60, Salt = 0, IsTime = true };
    public static readonly CronField Minute = new() { Name = "minute", Min = 0, Max = 59, Cycle = 60, Salt = 1, IsTime = true };
    public static readonly CronField Hour = new() { Name = "hour", Min = 0, Max = 23, Cycle = 24, Salt = 2, IsTime = true };
    public static readonly CronField Day = new() { Name = "day of month", Min = 1, Max = 31, Cycle = 31, Salt = 3 };
    public static readonly CronField Month = new() { Name = "month", Min = 1, Max = 12, Cycle = 12, Salt = 4, Names = MonthNames };
    public static readonly CronField Weekday = new() { Name = "day of week", Min = 0, Max = 7, Cycle = 7, Salt = 5, Names = DayNames, IsWeekday = true };
    public static readonly CronField QuartzWeekday = new() { Name = "day of week", Min = 1, Max = 7, Cycle = 7, Salt = 5, Names = DayNames, IsWeekday = true };
    public static readonly CronField Year = new() { Name = "year", Min = CronYears.First, Max = CronYears.Last };

    // Not a record: fields are compared often, and by what they are.
    private CronField() { }

    /// <summary>For messages.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The smallest value.</summary>
    public int Min { get; private init; }

    /// <summary>The greatest value.</summary>
    public int Max { get; private init; }

    /// <summary>A range that runs backwards goes on after so many values: 22-2 is 22, 23, 0, 1, 2.</summary>
    public int Cycle { get; private init; }

    /// <summary>Sets its <c>H</c> apart from that of the other fields.</summary>
    public int Salt { get; private init; }

    /// <summary>Three-letter names, the first standing for <see cref="Min"/>; empty for none.</summary>
    public string Names { get; private init; } = "";

    /// <summary>A star, range or step in it makes the expression an interval at the change of clocks.</summary>
    public bool IsTime { get; private init; }

    /// <summary>The day of the week in any dialect.</summary>
    public bool IsWeekday { get; private init; }

    /// <summary>The greatest value that <c>H</c> takes by itself: a day that each month has, each weekday once.</summary>
    public int HashMax => this == Day ? 28 : this == Weekday ? 6 : Max;

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
