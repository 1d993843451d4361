namespace Carillon.Language;

/// <summary>Sets of months (bits 1 to 12) and of days of the week (Sunday lowest).</summary>
internal static class EnglishMonths
{
    /// <summary>All twelve.</summary>
    public const int All = 0b1_1111_1111_1110;

    /// <summary>Monday to Friday.</summary>
    public const int Workdays = 0b011_1110;

    /// <summary>Sunday and Saturday.</summary>
    public const int Weekend = 0b100_0001;

    /// <summary>From one bit to the other, round the end where that comes first.</summary>
    public static int Range(int first, int last, int lowest, int count)
    {
        var bits = last;
        for (var bit = first; bit != last; bit = bit << 1 >= 1 << (lowest + count) ? 1 << lowest : bit << 1) bits |= bit;
        return bits;
    }

    /// <summary>Each so-manieth month: the first of each such span of the year, or its last.</summary>
    public static int Grid(int count, bool isEnd)
    {
        var bits = 0;
        for (var month = isEnd ? count : 1; month <= 12; month += count) bits |= 1 << month;
        return bits;
    }
}
