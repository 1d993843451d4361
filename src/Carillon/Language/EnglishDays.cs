using System.Numerics;

namespace Carillon.Language;

/// <summary>On which days: what is meant of each of the twelve months, and which of those days count.</summary>
internal sealed class EnglishDays : IEquatable<EnglishDays>
{
    private readonly EnglishMonth[] _months;

    public EnglishDays(EnglishMonth[] months, EnglishStep step) => (_months, Step) = (months, step);

    /// <summary>Which of the days count.</summary>
    public EnglishStep Step { get; }

    /// <summary>The months of which anything is meant; bits 1 to 12.</summary>
    public int Months => Enumerable.Range(1, 12).Where(month => !Of(month).IsEmpty).Aggregate(0, (bits, month) => bits | (1 << month));

    public bool IsEveryDay => Step.IsNone && _months.All(month => month == EnglishMonth.All);

    public EnglishMonth Of(int month) => _months[month - 1];

    /// <summary>The days of a month as bits, bit 0 being the 1st, without regard to the step.</summary>
    public uint In(int year, int month, int first, Calendar? calendar)
    {
        var days = Of(month);
        if (days.IsEmpty) return 0;
        var (length, weekdayOfFirst) = (DateTime.DaysInMonth(year, month), (first + 1) % 7);
        return days.Of(length, weekdayOfFirst, days.HasBusiness ? Workdays.Of(calendar, year, month) : 0);
    }

    /// <summary>The first day at or after this one; −1 up to the last year.</summary>
    public int Next(int day, int anchor, Calendar? calendar)
    {
        DateOnly.FromDayNumber(day).Deconstruct(out var year, out var month, out var dayOfMonth);
        var first = day - dayOfMonth + 1;
        for (var mask = ~0u << (dayOfMonth - 1); year <= CronSearch.LastYear; mask = ~0u)
        {
            for (var days = In(year, month, first, calendar) & mask; days != 0; days &= days - 1)
            {
                var found = first + BitOperations.TrailingZeroCount(days);
                if (Step.Takes(found, anchor)) return found;
            }

            first += DateTime.DaysInMonth(year, month);
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1);
        }

        return -1;
    }

    /// <summary>The last day at or before this one; −1 back to the first year.</summary>
    public int Previous(int day, int anchor, Calendar? calendar)
    {
        DateOnly.FromDayNumber(day).Deconstruct(out var year, out var month, out var dayOfMonth);
        var first = day - dayOfMonth + 1;
        for (var mask = ~0u >> (32 - dayOfMonth); year >= CronSearch.FirstYear - 1; mask = ~0u)
        {
            for (var days = In(year, month, first, calendar) & mask; days != 0;)
            {
                var last = 31 - BitOperations.LeadingZeroCount(days);
                if (Step.Takes(first + last, anchor)) return first + last;
                days &= ~(1u << last);
            }

            (year, month) = month == 1 ? (year - 1, 12) : (year, month - 1);
            first -= DateTime.DaysInMonth(year, month);
        }

        return -1;
    }

    public bool Equals(EnglishDays? other) => other is not null && other.Step == Step && other._months.AsSpan().SequenceEqual(_months);

    public override bool Equals(object? obj) => Equals(obj as EnglishDays);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Step);
        foreach (var month in _months) hash.Add(month);
        return hash.ToHashCode();
    }
}
