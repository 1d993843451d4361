using System.Globalization;

namespace Carillon.Language;

/// <summary>The days in words.</summary>
internal static partial class EnglishText
{
    /// <summary>Empty for every day.</summary>
    public static string Days(EnglishDays days)
    {
        var step = Step(days.Step);
        if (days.IsEveryDay) return step;
        var sets = Enumerable.Range(1, 12).Select(days.Of).Where(month => !month.IsEmpty).Distinct().ToList();
        if (sets.Count == 1 && IsPlain(sets[0])) return Words(step, Plain(sets[0], days.Step), In(days.Months));
        var groups = sets.Select(set => $"{Items(set)}{Of(MonthsOf(days, set), days.Step)}");
        return Words(step, $"on {Join(groups)}");
    }

    private static string Words(params string[] parts) => string.Join(' ', parts.Where(part => part.Length > 0));

    private static int MonthsOf(EnglishDays days, EnglishMonth set) =>
        Enumerable.Range(1, 12).Where(month => days.Of(month) == set).Aggregate(0, (bits, month) => bits | (1 << month));

    public static string Step(EnglishStep step) => step.IsNone ? "" : string.Create(CultureInfo.InvariantCulture, $"every {step.Count} {step.Unit switch { EnglishUnit.Day => "days", EnglishUnit.Week => "weeks", EnglishUnit.Month => "months", _ => "years" }}");

    private static bool IsPlain(EnglishMonth days) => days == EnglishMonth.All || days.IsWeekdays || IsBusiness(days);

    private static bool IsBusiness(EnglishMonth days) => days == new EnglishMonth { Business = EnglishMonth.AllBusiness };

    private static string Plain(EnglishMonth days, EnglishStep step)
    {
        if (days == EnglishMonth.All) return step.IsNone ? "every day" : "";
        if (IsBusiness(days)) return "on business days";
        if (step is { IsNone: false, Unit: EnglishUnit.Day }) return $"except {Weekdays((int)CronFields.AllWeekdays & ~days.Weekdays)}";
        return $"on {Weekdays(days.Weekdays)}";
    }

    private static string Weekdays(int weekdays) => weekdays switch
    {
        EnglishMonths.Workdays => "weekdays",
        EnglishMonths.Weekend => "weekends",
        _ => Join(Bits((uint)(weekdays & ~1)).Concat(Bits((uint)(weekdays & 1))).Select(day => ((DayOfWeek)day).ToString())),
    };

    private static string In(int months) => months == EnglishMonths.All ? "" : $"in {Months(months)}";

    private static string Of(int months, EnglishStep step)
    {
        if (months != EnglishMonths.All) return $" of {Months(months)}";
        return step is { IsNone: false, Unit: EnglishUnit.Month } ? "" : " of every month";
    }

    private static string Months(int months) => Join(Bits((uint)months).Select(month => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month)));

    /// <summary>Days without a noun come last, where no noun of others can be taken for theirs.</summary>
    private static string Items(EnglishMonth set)
    {
        var items = new List<string>();
        for (var weekday = 0; weekday < 7; weekday++)
        {
            var nth = set.NthOf(weekday);
            if (nth != 0) items.Add($"the {Join(Bits(nth).Select(bit => bit < 5 ? Ordinals[bit] : Lasts[bit - 5]))} {(DayOfWeek)weekday}");
        }

        var business = Bits(set.Business).Select(Ordinal).Concat(Bits(set.BusinessFromEnd).Select(Last)).ToList();
        if (business.Count > 0) items.Add($"the {Join(business)} business day");
        if (set.DaysFromEnd != 0) items.Add($"the {Join(Bits(set.DaysFromEnd).Select(Last))} day");
        if (set.Days != 0) items.Add($"the {Join(Bits(set.Days).Select(Number))}");
        return Join(items);
    }

    private static string Ordinal(int bit) => bit < Ordinals.Length ? Ordinals[bit] : Number(bit);

    private static string Last(int bit) => bit < Lasts.Length ? Lasts[bit] : $"{Number(bit)}-last";

    private static string Number(int bit)
    {
        var day = bit + 1;
        var suffix = (day % 100 is >= 11 and <= 13 ? 0 : day % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" };
        return string.Create(CultureInfo.InvariantCulture, $"{day}{suffix}");
    }
}
