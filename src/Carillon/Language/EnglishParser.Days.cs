namespace Carillon.Language;

/// <summary>Days of the week, months, what follows "on".</summary>
internal sealed partial class EnglishParser
{
    private const string Day = "days: 'mondays', 'weekdays', 'the 1st and 15th', 'the last friday', '24 december'";

    private bool TryOn()
    {
        var begin = _at++;
        var words = IsAt(EnglishKind.The) ? 1 : 0;
        if (Peek(words).IsUnit(EnglishUnit.Hour))
        {
            _at += words + 1;
            return SetPastHour(begin, [0]);
        }

        if (Peek(words).Kind == EnglishKind.Half)
        {
            _at += words + 1;
            Accept(EnglishKind.Hyphen);
            if (!Here.IsUnit(EnglishUnit.Hour)) return Fail("'hour'");
            _at++;
            return SetPastHour(begin, [1800]);
        }

        return IsDays(0) || IsAt(EnglishKind.Number) ? TryDays(begin) : Fail(Day);
    }

    /// <summary>A word that begins days, with or without "on" before it.</summary>
    private bool IsDays(int ahead)
    {
        var (one, next) = (Peek(ahead), Peek(ahead + 1));
        return one.Kind switch
        {
            EnglishKind.The or EnglishKind.Ordinal or EnglishKind.Last or EnglishKind.Weekday or EnglishKind.DayGroup or EnglishKind.Business or EnglishKind.Month => true,
            EnglishKind.A => next.Kind == EnglishKind.Business || next.IsUnit(EnglishUnit.Day),
            EnglishKind.Number => next.Kind is EnglishKind.Month or EnglishKind.Of or EnglishKind.Business || (next.IsUnit(EnglishUnit.Day) && Peek(ahead + 2).Kind == EnglishKind.Before),
            EnglishKind.Unit => (one.Unit == EnglishUnit.Day && next.Kind == EnglishKind.Number) || (one.Unit == EnglishUnit.Second && next.Kind is not EnglishKind.End),
            _ => false,
        };
    }

    private bool TryDays(int begin)
    {
        if (IsAt(EnglishKind.The) && Peek(1).Kind == EnglishKind.DayGroup) _at++;
        if (Here.Kind is EnglishKind.Weekday or EnglishKind.DayGroup) return TryWeekdays(out var weekdays) && TryWeekdaysOf(begin, weekdays, false);
        if (!IsAt(EnglishKind.Business)) return TryItems(begin);
        return TryBusinessDay() && TryWeekdaysOf(begin, EnglishMonths.Workdays, true);
    }

    /// <summary><c>business day</c>, <c>working-days</c>.</summary>
    private bool TryBusinessDay()
    {
        _at++;
        Accept(EnglishKind.Hyphen);
        if (!Here.IsUnit(EnglishUnit.Day)) return Fail("'day' or 'days'");
        _at++;
        return true;
    }

    private bool TryWeekdaysOf(int begin, int weekdays, bool isBusiness)
    {
        if (!IsAt(EnglishKind.Of)) return SetWeekdays(begin, weekdays, isBusiness);
        var of = _at;
        if (!TryPeriod(out var period, out var months)) return false;
        if (period is EnglishPeriod.Quarter or EnglishPeriod.Year) return FailAt(_tokens[of], _tokens[_at - 1].End, "Which of them is not said", "'the first', 'the last' … before the day");
        return SetWeekdays(begin, weekdays, isBusiness) && (period == EnglishPeriod.Month || SetMonths(of, months));
    }

    private bool SetWeekdays(int begin, int weekdays, bool isBusiness)
    {
        if (_draft.HasDays) return Twice(begin, "On which days");
        _draft.Weekdays = Stated(begin, weekdays);
        _draft.IsBusiness = isBusiness;
        return true;
    }

    private bool TryWeekdays(out int weekdays)
    {
        weekdays = 0;
        do
        {
            if (Here.Kind is not (EnglishKind.Weekday or EnglishKind.DayGroup)) return Fail("a day of the week");
            var first = _tokens[_at++];
            weekdays |= first.Value;
            if (first.Kind != EnglishKind.Weekday || Here.Kind is not (EnglishKind.To or EnglishKind.Hyphen)) continue;
            _at++;
            if (!IsAt(EnglishKind.Weekday)) return Fail("a day of the week");
            weekdays |= EnglishMonths.Range(first.Value, _tokens[_at++].Value, 0, 7);
        }
        while (AcceptLink(IsWeekday));
        return true;
    }

    private bool IsWeekday(int ahead) => Peek(ahead).Kind is EnglishKind.Weekday or EnglishKind.DayGroup;

    private bool TryMonths(out int months)
    {
        months = 0;
        do
        {
            if (!IsAt(EnglishKind.Month)) return Fail("a month");
            var first = 1 << _tokens[_at++].Value;
            months |= first;
            if (Here.Kind is not (EnglishKind.To or EnglishKind.Hyphen)) continue;
            _at++;
            if (!IsAt(EnglishKind.Month)) return Fail("a month");
            months |= EnglishMonths.Range(first, 1 << _tokens[_at++].Value, 1, 12);
        }
        while (AcceptLink(IsBareMonth));
        return true;
    }

    /// <summary>A month that does not begin a date of its own.</summary>
    private bool IsBareMonth(int ahead) => Peek(ahead).Kind == EnglishKind.Month && Peek(ahead + 1).Kind is not (EnglishKind.Ordinal or EnglishKind.Number);

    /// <summary>"of" and a month, a quarter, the year, or named months.</summary>
    private bool TryPeriod(out EnglishPeriod period, out int months)
    {
        (period, months) = (EnglishPeriod.Named, 0);
        _at++;
        var begin = _at;
        var isEvery = Accept(EnglishKind.Every);
        if (!isEvery && !Accept(EnglishKind.The)) Accept(EnglishKind.A);
        var count = isEvery ? CountHere() : 1;
        if (count > 1) _at++;
        if (IsAt(EnglishKind.Month) && count == 1) return TryMonths(out months);
        if (Here.Kind != EnglishKind.Unit || Here.Unit < EnglishUnit.Month) return Fail("'the month', 'the quarter', 'the year', or months");
        period = Here.Unit switch { EnglishUnit.Month => EnglishPeriod.Month, EnglishUnit.Quarter => EnglishPeriod.Quarter, _ => EnglishPeriod.Year };
        var unit = _tokens[_at++].Unit;
        if (count == 1) return true;
        period = EnglishPeriod.Open;
        return SetCadence(begin, unit, count);
    }

    /// <summary>The number in "of every second month".</summary>
    private int CountHere() => Here.Kind switch
    {
        EnglishKind.Other => 2,
        EnglishKind.Number or EnglishKind.Ordinal => Math.Clamp(Here.Value, 1, 1000),
        EnglishKind.Unit when Here.Unit == EnglishUnit.Second => 2,
        _ => 1,
    };
}
