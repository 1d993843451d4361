namespace Carillon.Language;

/// <summary>A cron expression as bit sets; two expressions that mean the same are equal.</summary>
internal readonly record struct CronFields
{
    /// <summary><see cref="Nth"/> of "the last one in the month".</summary>
    public const int LastOne = 6;

    /// <summary>All days of a month.</summary>
    public const uint AllDays = 0x7FFF_FFFF;

    /// <summary>All days of a week.</summary>
    public const uint AllWeekdays = 0x7F;

    /// <summary>Bits 0 to 59.</summary>
    public ulong Seconds { get; init; }

    /// <summary>Bits 0 to 59.</summary>
    public ulong Minutes { get; init; }

    /// <summary>Bits 0 to 23.</summary>
    public uint Hours { get; init; }

    /// <summary>Bit 0 is the 1st; none when <see cref="IsLastDay"/>.</summary>
    public uint Days { get; init; }

    /// <summary>Bits 1 to 12.</summary>
    public uint Months { get; init; }

    /// <summary>Bit 0 is Sunday.</summary>
    public uint Weekdays { get; init; }

    /// <summary>Counted from the month's last day: <c>L</c>, <c>L-3</c>.</summary>
    public bool IsLastDay { get; init; }

    /// <summary>Days before the last one.</summary>
    public int DaysBeforeLast { get; init; }

    /// <summary>Moved to the nearest Monday to Friday of the same month: <c>15W</c>, <c>LW</c>.</summary>
    public bool IsNearestWorkday { get; init; }

    /// <summary>Only the so-manieth such weekday of the month (1 to 5, <see cref="LastOne"/>); 0 for all.</summary>
    public int Nth { get; init; }

    /// <summary>Either of the two day fields suffices.</summary>
    public bool IsEitherDay { get; init; }

    /// <summary>A time field holds a star, a range or a step: at the change of clocks it goes on by elapsed time.</summary>
    public bool IsInterval { get; init; }

    /// <summary>The day of the month restricts.</summary>
    public bool HasDays => IsLastDay || Days != AllDays;

    /// <summary>The day of the week restricts.</summary>
    public bool HasWeekdays => Weekdays != AllWeekdays || Nth != 0;
}
