namespace Carillon.Language;

/// <summary>A cron expression as bit sets; two expressions that mean the same are equal.</summary>
internal readonly record struct CronFields
{
    /// <summary>In <see cref="NthWeekdays"/>, the row of "the last one in the month".</summary>
    public const int LastOne = 6;

    /// <summary>All days of a month.</summary>
    public const uint AllDays = 0x7FFF_FFFF;

    /// <summary>All days of a week.</summary>
    public const uint AllWeekdays = 0x7F;

    /// <summary>Bits 0 to 59.</summary>
    public ulong Seconds { get; init; }

    /// <summary>Bits 0 to 59.</summary>
    public ulong Minutes { get; init; }

    /// <summary>Seven bits a row, the first row being the first such weekday of the month; bit 0 of a row is Sunday.</summary>
    public ulong NthWeekdays { get; init; }

    /// <summary>Null for all.</summary>
    public CronYears? Years { get; init; }

    /// <summary>Bits 0 to 23.</summary>
    public uint Hours { get; init; }

    /// <summary>Bit 0 is the 1st.</summary>
    public uint Days { get; init; }

    /// <summary>Days counted back from the month's last, bit 0: <c>L</c>, bit 3: <c>L-3</c>.</summary>
    public uint LastDays { get; init; }

    /// <summary>Days, bit 0 being the 1st, each moved to the nearest Monday to Friday of the same month: <c>15W</c>.</summary>
    public uint Workdays { get; init; }

    /// <summary>The same, counted back from the month's last: bit 0 is <c>LW</c>, bit 3 <c>L-3W</c>.</summary>
    public uint LastWorkdays { get; init; }

    /// <summary>Days before the month's last Monday to Friday, but never before the 1st: bit 2 is <c>LW-2</c>.</summary>
    public uint BeforeLastWorkday { get; init; }

    /// <summary>Bits 1 to 12.</summary>
    public uint Months { get; init; }

    /// <summary>Bit 0 is Sunday.</summary>
    public uint Weekdays { get; init; }

    /// <summary>The weekdays count only in each so-manieth week, Sunday to Saturday, counted from that of 1970-01-01; 0 for every week.</summary>
    public int EveryWeeks { get; init; }

    /// <summary>Either of the two day fields suffices.</summary>
    public bool IsEitherDay { get; init; }

    /// <summary>A time field holds a star, a range or a step: at the change of clocks it goes on by elapsed time.</summary>
    public bool IsInterval { get; init; }

    /// <summary>In a month without the day of a <c>31W</c> its last day takes the place.</summary>
    public bool IsWorkdayClamped { get; init; }

    /// <summary>The day of the month has letters.</summary>
    public bool HasSpecialDays => (LastDays | Workdays | LastWorkdays | BeforeLastWorkday) != 0;

    /// <summary>The day of the month restricts.</summary>
    public bool HasDays => Days != AllDays;

    /// <summary>The day of the week restricts.</summary>
    public bool HasWeekdays => Weekdays != AllWeekdays || EveryWeeks > 1;
}
