using System.Numerics;

namespace Carillon.Language;

/// <summary>Which days of one month are meant: all that any of its parts names. Bit 0 is the first, or the last.</summary>
internal readonly record struct EnglishMonth
{
    /// <summary>Which of its days of the week, and how they lie in <see cref="Nth"/>: five from the month's begin, four from its end.</summary>
    public const int BitsOfWeekday = 9;

    /// <summary>How many can be counted from the month's end.</summary>
    public const int FromEnd = 4;

    /// <summary>All Mondays, say.</summary>
    public const ulong EachOne = 0b1_1111;

    /// <summary>No month has more business days.</summary>
    public const uint AllBusiness = (1u << 23) - 1;

    /// <summary>Days counted from the 1st.</summary>
    public uint Days { get; init; }

    /// <summary>Days counted from the last.</summary>
    public uint DaysFromEnd { get; init; }

    /// <summary>The first to fifth and the last to fourth-last of each day of the week, Sunday lowest.</summary>
    public ulong Nth { get; init; }

    /// <summary>Business days counted from the first.</summary>
    public uint Business { get; init; }

    /// <summary>Business days counted from the last.</summary>
    public uint BusinessFromEnd { get; init; }

    /// <summary>Which days are business days matters.</summary>
    public bool HasBusiness => (Business | BusinessFromEnd) != 0;

    public bool IsEmpty => this == default;

    /// <summary>The days of the week that are meant each time they come, Sunday lowest.</summary>
    public int Weekdays
    {
        get
        {
            var weekdays = 0;
            for (var day = 0; day < 7; day++) weekdays |= (NthOf(day) & EachOne) == EachOne ? 1 << day : 0;
            return weekdays;
        }
    }

    /// <summary>Nothing but days of the week, each time they come.</summary>
    public bool IsWeekdays => !IsEmpty && this == Of(Weekdays);

    public static EnglishMonth All => new() { Days = CronFields.AllDays };

    public static EnglishMonth Of(int weekdays)
    {
        if (weekdays == (int)CronFields.AllWeekdays) return All;
        var nth = 0UL;
        for (var day = 0; day < 7; day++) nth |= (weekdays >> day & 1) != 0 ? EachOne << (day * BitsOfWeekday) : 0;
        return new EnglishMonth { Nth = nth };
    }

    public ulong NthOf(int weekday) => Nth >> (weekday * BitsOfWeekday) & ((1UL << BitsOfWeekday) - 1);

    public EnglishMonth Or(EnglishMonth other) => Days == CronFields.AllDays || other.Days == CronFields.AllDays ? All : new()
    {
        Days = Days | other.Days,
        DaysFromEnd = DaysFromEnd | other.DaysFromEnd,
        Nth = Nth | other.Nth,
        Business = Business | other.Business,
        BusinessFromEnd = BusinessFromEnd | other.BusinessFromEnd,
    };

    /// <summary>The days as bits, bit 0 being the 1st.</summary>
    /// <param name="length">The days that the month has.</param>
    /// <param name="weekdayOfFirst">The day of the week of the 1st, 0 for Sunday.</param>
    /// <param name="business">Its business days.</param>
    public uint Of(int length, int weekdayOfFirst, uint business)
    {
        var days = Days | Reverse(DaysFromEnd, length);
        if (Nth != 0) days |= Weekly(length, weekdayOfFirst);
        if (HasBusiness) days |= Working(business);
        return days & (CronFields.AllDays >> (31 - length));
    }

    private static uint Reverse(uint fromEnd, int length)
    {
        var days = 0u;
        for (var rest = fromEnd; rest != 0; rest &= rest - 1)
        {
            var day = length - 1 - BitOperations.TrailingZeroCount(rest);
            if (day >= 0) days |= 1u << day;
        }

        return days;
    }

    private uint Weekly(int length, int weekdayOfFirst)
    {
        var days = 0u;
        for (var weekday = 0; weekday < 7; weekday++)
        {
            var first = (weekday - weekdayOfFirst + 7) % 7;
            var last = first + ((length - 1 - first) / 7 * 7);
            var nth = NthOf(weekday);
            for (var n = 0; n < 5; n++) days |= (nth >> n & 1) != 0 ? 1u << Math.Min(31, first + (7 * n)) : 0;
            for (var n = 0; n < FromEnd; n++) days |= (nth >> (5 + n) & 1) != 0 ? 1u << (last - (7 * n)) : 0;
        }

        return days;
    }

    private uint Working(uint business)
    {
        var (days, count) = (0u, BitOperations.PopCount(business));
        for (var i = 0; business != 0; i++, business &= business - 1)
        {
            var isMeant = (Business >> i & 1) != 0 || (BusinessFromEnd >> (count - 1 - i) & 1) != 0;
            if (isMeant) days |= business & ~(business - 1);
        }

        return days;
    }
}
