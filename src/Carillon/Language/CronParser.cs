namespace Carillon.Language;

/// <summary>
/// Reads a cron expression without allocating. Grammar of a field, case-insensitive, in both dialects:
/// <code>
/// field   ::= ('*' | '?') [step] | value [range] {',' value [range]}       unix also takes '*' [step] as a list's element
/// range   ::= '-' value [step] | step                                      backwards ranges go round: 22-2
/// step    ::= '/' number                                                   1 up to the field's greatest value
/// day     ::= field | 'L' ['-' number] ['W'] | number 'W'
/// weekday ::= field | value 'L' | value '#' 1…5                            0 and 7 are Sunday
/// </code>
/// </summary>
internal ref partial struct CronParser
{
    private readonly ReadOnlySpan<char> _text;
    private readonly CronDialect _dialect;
    private int _at;
    private bool _isInterval;
    private ParseError? _error;

    private CronParser(ReadOnlySpan<char> text, CronDialect dialect)
    {
        _text = text;
        _dialect = dialect;
    }

    public static bool TryParse(ReadOnlySpan<char> text, CronDialect dialect, out CronFields fields, out ParseError? error)
    {
        var parser = new CronParser(text, dialect);
        parser.SkipBlanks();
        var isRead = parser.Peek() == '@' ? parser.TryMacro(out fields) : parser.TryFields(out fields);
        error = parser._error;
        return isRead;
    }

    private bool TryFields(out CronFields fields)
    {
        fields = default;
        if (!HasNoZone()) return false;
        var count = CountFields();
        if (count is not (5 or 6)) return FailCount(count);
        var seconds = 1UL;
        if (count == 6 && !TryField(CronField.Second, out seconds, out _)) return false;
        if (!TryField(CronField.Minute, out var minutes, out _) || !TryField(CronField.Hour, out var hours, out _)) return false;
        if (!TryDays(out var days, out var hasDays)) return false;
        if (!TryField(CronField.Month, out var months, out _) || !TryWeekdays(out var weekdays, out var hasWeekdays)) return false;
        var isEither = _dialect == CronDialect.Unix && hasDays && hasWeekdays;
        fields = Combine(days, weekdays, isEither) with
        {
            Seconds = seconds,
            Minutes = minutes,
            Hours = (uint)hours,
            Months = (uint)months,
            IsInterval = _isInterval,
        };
        return true;
    }

    // "1-31" restricts nothing, so as one of two alternatives it matches every day, and alone it is a star.
    private static CronFields Combine(CronFields days, CronFields weekdays, bool isEither)
    {
        var isAny = isEither && (!days.HasDays || !weekdays.HasWeekdays);
        return days with
        {
            Days = isAny ? CronFields.AllDays : days.Days,
            IsLastDay = !isAny && days.IsLastDay,
            DaysBeforeLast = isAny ? 0 : days.DaysBeforeLast,
            IsNearestWorkday = !isAny && days.IsNearestWorkday,
            Weekdays = isAny ? CronFields.AllWeekdays : weekdays.Weekdays,
            Nth = isAny ? 0 : weekdays.Nth,
            IsEitherDay = isEither && !isAny,
        };
    }

    private readonly int CountFields()
    {
        var count = 0;
        for (var i = _at; i < _text.Length; i++)
        {
            if (!IsBlank(_text[i]) && (i == _at || IsBlank(_text[i - 1]))) count++;
        }

        return count;
    }

    private bool HasNoZone()
    {
        var rest = _text.Slice(_at);
        var equals = rest.IndexOf('=');
        if (equals < 2 || !rest.Slice(equals - 2, 2).Equals("TZ".AsSpan(), StringComparison.OrdinalIgnoreCase)) return true;
        var length = rest.IndexOfAny(' ', '\t');
        return Fail(_at, length < 0 ? rest.Length : length, "The expression names a zone", "an expression without a zone", "Give the zone in the schedule's 'zone'.");
    }

    private bool FailCount(int count) => count switch
    {
        0 => Fail(_at, 0, "The cron expression is empty", "5 fields (minute hour day month weekday) or 6 (second first)"),
        7 => Fail(_at, _text.Length - _at, "The cron expression has 7 fields", "5 fields, or 6 with the second first", "A year is not part of the unix and cronos dialects."),
        _ => Fail(_at, _text.Length - _at, $"The cron expression has {count} field{(count == 1 ? "" : "s")}", "5 fields (minute hour day month weekday) or 6 (second first)"),
    };

    private bool TryField(CronField field, out ulong bits, out bool isStar)
    {
        SkipBlanks();
        bits = 0;
        isStar = false;
        var isFirst = true;
        do
        {
            if (!TryElement(field, isFirst, ref bits, ref isStar)) return false;
            isFirst = false;
        }
        while (Accept(','));
        return AtEndOfField() || FailHere(field);
    }

    private bool TryElement(CronField field, bool isFirst, ref ulong bits, ref bool isStar)
    {
        if (Peek() is '*' or '?') return TryStar(field, isFirst, ref bits, ref isStar);
        if (!TryValue(field, out var low)) return false;
        var high = low;
        var isRange = Accept('-');
        if (isRange && !TryValue(field, out high)) return false;
        var step = 1;
        if (Peek() == '/')
        {
            if (!TryStep(field, out step)) return false;
            high = isRange ? high : field.Max;
            isRange = true;
        }

        _isInterval |= isRange && field.IsTime;
        isStar = false;
        bits |= Spread(field, low, high, step);
        return true;
    }

    private bool TryStar(CronField field, bool isFirst, ref ulong bits, ref bool isStar)
    {
        var begin = _at++;
        var step = 1;
        if (Peek() == '/' && !TryStep(field, out step)) return false;
        var isList = !isFirst || Peek() == ',';
        if (isList && (_dialect != CronDialect.Unix || _text[begin] == '?'))
        {
            return Fail(begin, _at - begin, $"'{_text[begin]}' stands in a list in the {field.Name}", "values and ranges in a list", "Write the '*' alone, or spell out what it stands for.");
        }

        _isInterval |= field.IsTime;
        isStar = isFirst && step == 1;
        bits |= Spread(field, field.Min, field == CronField.Weekday ? 6 : field.Max, step);
        return true;
    }

    private static ulong Spread(CronField field, int low, int high, int step)
    {
        var bits = 0UL;
        for (var value = low; value <= (high < low ? high + field.Cycle : high); value += step)
        {
            bits |= 1UL << (value > field.Max ? value - field.Cycle : value);
        }

        return bits;
    }

    private bool TryStep(CronField field, out int step)
    {
        _at++;
        if (!TryNumber(out step)) return Fail(_at, 0, $"The step of the {field.Name} is missing", $"a number, 1 to {field.Max}");
        if (step >= 1 && step <= field.Max) return true;
        var begin = _at;
        while (IsDigit(_text[begin - 1])) begin--;
        return Fail(begin, _at - begin, $"The step of the {field.Name} is out of range", $"1 to {field.Max}",
            step == 0 ? "A step of 0 would never move on." : $"A greater step would match only once; write the value itself, or raise the next field.");
    }

    private bool TryValue(CronField field, out int value)
    {
        var begin = _at;
        if (TryNumber(out value))
        {
            if (value >= field.Min && value <= field.Max) return true;
            return Fail(begin, _at - begin, $"The {field.Name} {Shown.Of(_text.Slice(begin, _at - begin).ToString())} is out of range", field.Range);
        }

        var letters = 0;
        while (_at + letters < _text.Length && IsLetter(_text[_at + letters])) letters++;
        var isLast = letters == 4 && field == CronField.Weekday && (_text[_at + 3] | 0x20) == 'l';
        value = field.ValueOf(_text.Slice(_at, isLast ? 3 : letters));
        if (value < 0) return FailHere(field);
        _at += 3;
        return true;
    }

    /// <summary>Digits; a number too large for any field stays too large.</summary>
    private bool TryNumber(out int value)
    {
        value = 0;
        var begin = _at;
        for (; _at < _text.Length && IsDigit(_text[_at]); _at++) value = Math.Min((value * 10) + (_text[_at] - '0'), 100_000);
        return _at > begin;
    }
}
