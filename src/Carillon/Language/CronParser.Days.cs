namespace Carillon.Language;

/// <summary>The two day fields with their letters.</summary>
internal ref partial struct CronParser
{
    private bool TryDays(out CronFields days, out bool isRestricted)
    {
        SkipBlanks();
        days = default;
        var (bits, isStar, isFirst, isOpen) = (0UL, false, true, Peek() == '?');
        isRestricted = true;
        do
        {
            if (!TryDay(isFirst, ref days, ref bits, ref isStar)) return false;
            isFirst = false;
        }
        while (Accept(','));
        days = days with { Days = (uint)(bits >> 1) };
        isRestricted = IsQuartz ? !isOpen : !isStar;
        return AtEndOfField() || FailHere(CronField.Day);
    }

    private bool TryDay(bool isFirst, ref CronFields days, ref ulong bits, ref bool isStar)
    {
        if (isFirst || IsQuartz)
        {
            if ((Peek() | 0x20) == 'l') return TryLastDay(ref days);
            var begin = _at;
            if (TryNumber(out var day) && Accept('W')) return TryWorkday(begin, day, ref days);
            _at = begin;
        }

        return TryElement(CronField.Day, isFirst, ref bits, ref isStar);
    }

    private bool TryLastDay(ref CronFields days)
    {
        var begin = _at++;
        var before = 0;
        if (Accept('-') && !(TryNumber(out before) && before <= 30))
        {
            return Fail(begin, _at - begin, "The days before the month's last are out of range", "L-0 to L-30");
        }

        if (Accept('W'))
        {
            if (IsQuartz && before == 0 && Peek() == '-') return TryBeforeLastWorkday(begin, ref days);
            days = days with { LastWorkdays = days.LastWorkdays | (1u << before) };
        }
        else
        {
            days = days with { LastDays = days.LastDays | (1u << before) };
        }

        return AtEndOfSpecial() || Fail(_at, 1, $"'{Shown.Of(_text[_at].ToString())}' follows 'L' in the day of month", $"L, L-3, LW or L-3W{Alone}");
    }

    private bool TryBeforeLastWorkday(int begin, ref CronFields days)
    {
        _at++;
        if (!TryNumber(out var before) || before > 30) return Fail(begin, _at - begin, "The days before the month's last weekday are out of range", "LW-0 to LW-30");
        days = before == 0 ? days with { LastWorkdays = days.LastWorkdays | 1 } : days with { BeforeLastWorkday = days.BeforeLastWorkday | (1u << before) };
        return AtEndOfSpecial() || FailHere(CronField.Day);
    }

    private bool TryWorkday(int begin, int day, ref CronFields days)
    {
        if (day is < 1 or > 31) return Fail(begin, _at - begin, $"The day of month {day} is out of range", "1W to 31W");
        days = days with { Workdays = days.Workdays | (1u << (day - 1)), IsWorkdayClamped = IsQuartz && (days.IsWorkdayClamped || day > 28) };
        return AtEndOfSpecial() || Fail(begin, _at + 1 - begin, $"'W' stands in a {(IsQuartz ? "" : "list, a ")}range or a step", $"one day with a W{Alone}: 15W");
    }

    private readonly bool AtEndOfSpecial() => AtEndOfField() || (IsQuartz && Peek() == ',');

    private readonly string Alone => IsQuartz ? "" : ", alone in the field";

    private bool TryWeekdays(out CronFields weekdays, out bool isRestricted)
    {
        SkipBlanks();
        weekdays = default;
        isRestricted = true;
        var begin = _at;
        var field = IsQuartz ? CronField.QuartzWeekday : CronField.Weekday;
        if (IsQuartz && Accept('L') && AtEndOfField()) return SetWeekdays(1u << 6, ref weekdays);
        _at = begin;
        if (IsDigit(Peek()) || (IsLetter(Peek()) && Peek() is not ('H' or 'h')))
        {
            if (!TryValue(field, out var value)) return false;
            if (Accept('L')) return TryNth(value, CronFields.LastOne, out weekdays);
            if (Accept('#')) return TryHash(value, out weekdays);
            _at = begin;
        }

        if (!TryField(field, out var bits, out var isStar)) return false;
        isRestricted = IsQuartz ? _text[begin] != '?' : !isStar;
        return SetWeekdays(Fold(bits), ref weekdays);
    }

    private readonly bool SetWeekdays(uint bits, ref CronFields weekdays)
    {
        weekdays = new CronFields { Weekdays = bits, EveryWeeks = _everyWeeks };
        return true;
    }

    // Not a step: after a name quartz counts weeks.
    private bool TryEveryWeeks(int weekday, ref ulong bits)
    {
        var begin = ++_at;
        if (!TryNumber(out var weeks) || weeks is < 1 or > 5) return Fail(begin, _at - begin, "The number of weeks is out of range", "1 to 5: FRI/2 is each second Friday");
        if (_everyWeeks != 0 && _everyWeeks != weeks) return Fail(begin, _at - begin, "Two different numbers of weeks stand in one field", $"{_everyWeeks} again, or one number for all");
        _everyWeeks = weeks == 1 ? 0 : weeks;
        bits |= 1UL << weekday;
        return true;
    }

    private bool TryHash(int value, out CronFields weekdays)
    {
        weekdays = default;
        var begin = _at;
        return (TryNumber(out var nth) && nth is >= 1 and <= 5 && _at == begin + 1)
            ? TryNth(value, nth, out weekdays)
            : Fail(begin, _at - begin, "Which one of the month's weekdays is out of range", "#1 to #5", "For the last one write L: FRIL.");
    }

    private bool TryNth(int value, int nth, out CronFields weekdays)
    {
        weekdays = new CronFields { NthWeekdays = (ulong)Fold(1UL << value) << (7 * (nth - 1)) };
        return AtEndOfField() || Fail(_at, 1, "'L' or '#' stands in a list, a range or a step", "one weekday, alone in the field: FRI#2, FRIL");
    }

    /// <summary>Bit 0 is Sunday, in whichever way it was written.</summary>
    private readonly uint Fold(ulong bits) => (uint)((IsQuartz ? bits >> 1 : bits | (bits >> 7)) & CronFields.AllWeekdays);
}
