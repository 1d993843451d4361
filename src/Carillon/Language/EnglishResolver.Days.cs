namespace Carillon.Language;

/// <summary>Days, months and the step between them.</summary>
internal sealed partial class EnglishResolver
{
    private bool TryDays(out EnglishDays days)
    {
        var months = new EnglishMonth[12];
        days = new EnglishDays(months, default);
        var cadence = _draft.Cadence?.Value;
        var step = StepOf(cadence);
        if (!CheckMonths(cadence)) return false;
        var isFilled = _draft switch
        {
            { Weekdays: { } weekdays } => TryWeekdays(months, weekdays, cadence),
            { Items: { } items } => TryItems(months, items, cadence),
            _ => TryNoDays(months, cadence),
        };
        days = new EnglishDays(months, step);
        return isFilled && TryExcept(months);
    }

    /// <summary>Steps of months that divide the year stand on the calendar, from January; others are counted from the anchor.</summary>
    private static EnglishStep StepOf(EnglishStep? cadence) => cadence switch
    {
        { Unit: EnglishUnit.Month or EnglishUnit.Quarter } given => 12 % MonthsOf(given) == 0 ? default : new EnglishStep(EnglishUnit.Month, MonthsOf(given)),
        { Count: > 1 } given => given,
        _ => default,
    };

    private static int MonthsOf(EnglishStep cadence) => cadence.Unit == EnglishUnit.Quarter ? 3 * cadence.Count : cadence.Count;

    /// <summary>Named months and steps of months are two answers to one question.</summary>
    private bool CheckMonths(EnglishStep? cadence)
    {
        if (_draft.Months is not { } named || cadence is not { Unit: EnglishUnit.Month or EnglishUnit.Quarter } given || MonthsOf(given) == 1) return true;
        return Fail(named, $"{Said(_draft.Cadence!)} already says in which months", "named months or a step of months, not both");
    }

    private bool TryWeekdays(EnglishMonth[] months, EnglishStated<int> weekdays, EnglishStep? cadence)
    {
        if (cadence is { Unit: > EnglishUnit.Week }) return Fail(weekdays, $"Which {Said(weekdays)} of {Said(_draft.Cadence!)} is not said", "'the first', 'the last' … before the day");
        if (cadence is { Unit: EnglishUnit.Day, Count: > 1 }) return Fail(weekdays, $"{Said(_draft.Cadence!)} and {Said(weekdays)} are two answers to one question", "one of them, or 'every 2 weeks' with days");
        var days = _draft.IsBusiness ? new EnglishMonth { Business = EnglishMonth.AllBusiness } : EnglishMonth.Of(weekdays.Value);
        return Fill(months, _draft.Months?.Value ?? EnglishMonths.All, days);
    }

    private bool TryItems(EnglishMonth[] months, EnglishStated<List<EnglishItem>> items, EnglishStep? cadence)
    {
        if (cadence is { Unit: EnglishUnit.Day or EnglishUnit.Week }) return Fail(items, $"{Said(_draft.Cadence!)} and {Said(items)} are two answers to one question", "one of them");
        return items.Value.TrueForAll(item => TryItem(months, items, item, cadence));
    }

    private bool TryItem(EnglishMonth[] months, EnglishStated<List<EnglishItem>> items, EnglishItem item, EnglishStep? cadence)
    {
        var isCadence = cadence is { Unit: EnglishUnit.Month or EnglishUnit.Quarter } given && MonthsOf(given) > 1;
        if (item.Period is EnglishPeriod.Named or EnglishPeriod.Quarter or EnglishPeriod.Year)
        {
            if (_draft.Months is { } named) return Fail(named, $"{Said(items)} already says in which months", "the months once");
            if (isCadence || (cadence is { Unit: EnglishUnit.Month } && item.Period != EnglishPeriod.Named)) return IsSameQuarter(item, cadence!.Value) ? Fill(months, EnglishMonths.Grid(3, item.IsFromEnd), item.Days) : Fail(items, $"{Said(_draft.Cadence!)} already says in which months", "the months once");
            if (cadence is { Unit: EnglishUnit.Month }) return Fail(items, $"{Said(_draft.Cadence!)} goes not with named months", "'yearly', or nothing");
        }

        return item.Period switch
        {
            EnglishPeriod.Named => Fill(months, item.Months, item.Days),
            EnglishPeriod.Quarter => Fill(months, EnglishMonths.Grid(3, item.IsFromEnd), item.Days),
            EnglishPeriod.Year => Fill(months, 1 << (item.IsFromEnd ? 12 : 1), item.Days),
            _ => TryOpen(months, items, item, cadence),
        };
    }

    private static bool IsSameQuarter(EnglishItem item, EnglishStep cadence) => item.Period == EnglishPeriod.Quarter && cadence is { Unit: EnglishUnit.Quarter, Count: 1 };

    private bool TryOpen(EnglishMonth[] months, EnglishStated<List<EnglishItem>> items, EnglishItem item, EnglishStep? cadence)
    {
        if (_draft.Months is { } named) return Fill(months, named.Value, item.Days);
        if (item.Period == EnglishPeriod.Open && cadence is { Unit: EnglishUnit.Year }) return Fail(items, $"In which month {Said(items)} is, is not said", "'of' and a month: 'yearly on 5 january'");
        var isGrid = cadence is { Unit: EnglishUnit.Month or EnglishUnit.Quarter } given && 12 % MonthsOf(given) == 0;
        var isEnd = item.IsFromEnd && cadence?.Unit == EnglishUnit.Quarter;
        return Fill(months, isGrid ? EnglishMonths.Grid(MonthsOf(cadence!.Value), isEnd) : EnglishMonths.All, item.Days);
    }

    /// <summary>The week begins on Monday, the month on the 1st, the year in January.</summary>
    private bool TryNoDays(EnglishMonth[] months, EnglishStep? cadence)
    {
        var named = _draft.Months?.Value;
        var isAlone = named is not null && cadence is null && _draft.Times is null && _draft.Interval is null && _draft.PastHour is null;
        if (isAlone) return Fail(_draft.Months!, $"{Said(_draft.Months!)} has neither days nor times", "'every day', 'on the 1st', 'at 9:00' … beside it");
        var first = new EnglishMonth { Days = 1 };
        return cadence switch
        {
            { Unit: EnglishUnit.Week } => Fill(months, named ?? EnglishMonths.All, EnglishMonth.Of(1 << (int)DayOfWeek.Monday)),
            { Unit: EnglishUnit.Month or EnglishUnit.Quarter } given => Fill(months, named ?? (12 % MonthsOf(given) == 0 ? EnglishMonths.Grid(MonthsOf(given), false) : EnglishMonths.All), first),
            { Unit: EnglishUnit.Year } => Fill(months, named is { } some ? some : 1 << 1, first),
            _ => Fill(months, named ?? EnglishMonths.All, EnglishMonth.All),
        };
    }

    private bool TryExcept(EnglishMonth[] months)
    {
        if (_draft.ExceptMonths is { } excepted)
        {
            for (var month = 1; month <= 12; month++) months[month - 1] = (excepted.Value >> month & 1) != 0 ? default : months[month - 1];
        }

        if (_draft.ExceptWeekdays is not { } weekdays) return true;
        for (var i = 0; i < months.Length; i++)
        {
            if (months[i].IsEmpty) continue;
            if (months[i] != EnglishMonth.All && !months[i].IsWeekdays) return Fail(weekdays, "Days of the week are excepted from days that are no days of the week", "'every day', or days of the week", "A calendar can exclude them, and move what falls on them.");
            var left = (months[i] == EnglishMonth.All ? (int)CronFields.AllWeekdays : months[i].Weekdays) & ~weekdays.Value;
            months[i] = left == 0 ? default : EnglishMonth.Of(left);
        }

        return months.Any(month => !month.IsEmpty) || Fail(weekdays, "No day is left", "fewer exceptions");
    }

    private static bool Fill(EnglishMonth[] months, int which, EnglishMonth days)
    {
        for (var month = 1; month <= 12; month++)
        {
            if ((which >> month & 1) != 0) months[month - 1] = months[month - 1].Or(days);
        }

        return true;
    }
}
