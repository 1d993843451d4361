namespace Carillon.Language;

/// <summary>
/// Reads a cron expression without allocating. Grammar of a field, case-insensitive:
/// <code>
/// field   ::= ('*' | '?') [step] | element {',' element}      unix and quartz also take '*' [step] as an element; quartz has '?' alone
/// element ::= value ['-' value] [step] | hash                 backwards ranges go round: 22-2
/// step    ::= '/' number                                      1 up to the field's greatest value
/// hash    ::= 'H' ['(' value '-' value ')'] [step]            a value by the schedule's name
/// day     ::= field | special                                 quartz takes specials as elements, and LW-n
/// special ::= 'L' ['-' number] ['W'] | number 'W'
/// weekday ::= field | value 'L' | value '#' 1…5               0 and 7 are Sunday; in quartz 1 is, 'L' alone is Saturday, FRI/2 every second week
/// year    ::= field                                           quartz only, 1970 to 2199
/// </code>
/// </summary>
internal ref partial struct CronParser
{
    private readonly ReadOnlySpan<char> _text;
    private readonly CronDialect _dialect;
    private readonly string? _name;
    private int _at;
    private int _everyWeeks;
    private bool _isInterval;
    private bool _isHashed;
    private ParseError? _error;

    private CronParser(ReadOnlySpan<char> text, int begin, CronDialect dialect, string? name)
    {
        _text = text;
        _at = begin;
        _dialect = dialect;
        _name = name;
    }

    private readonly bool IsQuartz => _dialect == CronDialect.Quartz;

    /// <summary>Reads an expression.</summary>
    /// <param name="text">All of the text, so that positions are right.</param>
    /// <param name="begin">Where the expression begins in it.</param>
    /// <param name="dialect">How to read it.</param>
    /// <param name="name">The schedule's name, for <c>H</c>.</param>
    /// <param name="fields">What it means.</param>
    /// <param name="isHashed">It holds an <c>H</c>.</param>
    /// <param name="error">Why it is none.</param>
    public static bool TryParse(ReadOnlySpan<char> text, int begin, CronDialect dialect, string? name, out CronFields fields, out bool isHashed, out ParseError? error)
    {
        var parser = new CronParser(text, begin, dialect, name);
        parser.SkipBlanks();
        var isRead = parser.Peek() == '@' ? parser.TryMacro(out fields) : parser.TryFields(out fields);
        (isHashed, error) = (parser._isHashed, parser._error);
        return isRead;
    }

    private bool TryFields(out CronFields fields)
    {
        fields = default;
        var count = CountFields();
        if (IsQuartz ? count is not (6 or 7) : count is not (5 or 6)) return FailCount(count);
        var seconds = 1UL;
        if (count >= 6 && !TryField(CronField.Second, out seconds, out _)) return false;
        if (!TryField(CronField.Minute, out var minutes, out _) || !TryField(CronField.Hour, out var hours, out _)) return false;
        if (!TryDays(out var days, out var hasDays)) return false;
        if (!TryField(CronField.Month, out var months, out _) || !TryWeekdays(out var weekdays, out var hasWeekdays)) return false;
        if (IsQuartz && !hasDays && !hasWeekdays) return FailBothOpen();
        CronYears? years = null;
        if (count == 7 && !TryYears(out years)) return false;
        fields = Combine(days, weekdays, _dialect != CronDialect.Cronos && hasDays && hasWeekdays) with
        {
            Seconds = seconds,
            Minutes = minutes,
            Hours = (uint)hours,
            Months = (uint)months,
            Years = years,
            IsInterval = _isInterval,
        };
        return true;
    }

    // "1-31" restricts nothing, so as one of two alternatives it matches every day, and alone it is a star.
    private static CronFields Combine(CronFields days, CronFields weekdays, bool isEither)
    {
        var isAny = isEither && (!days.HasDays || !weekdays.HasWeekdays);
        days = days.HasDays && !isAny ? days : new CronFields { Days = CronFields.AllDays };
        weekdays = weekdays.HasWeekdays && !isAny ? weekdays : new CronFields { Weekdays = CronFields.AllWeekdays };
        return days with
        {
            Weekdays = weekdays.Weekdays,
            NthWeekdays = weekdays.NthWeekdays,
            EveryWeeks = weekdays.EveryWeeks,
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
        if (Peek() is '*' or '?' || (IsQuartz && Peek() == '/')) return TryStar(field, isFirst, ref bits, ref isStar);
        isStar = false;
        if (Peek() is 'H' or 'h') return TryHash(field, ref bits);
        var isNumber = IsDigit(Peek());
        if (!TryValue(field, out var low)) return false;
        var high = low;
        var isRange = Accept('-');
        if (isRange && !TryValue(field, out high)) return false;
        if (Peek() == '/' && !isRange && !isNumber && field == CronField.QuartzWeekday) return TryEveryWeeks(low, ref bits);
        var step = 1;
        if (Peek() == '/')
        {
            if (!TryStep(field, out step)) return false;
            high = isRange ? high : field.Max;
            isRange = true;
        }

        _isInterval |= isRange && field.IsTime;
        bits |= Spread(field, low, high, step);
        return true;
    }

    private bool TryStar(CronField field, bool isFirst, ref ulong bits, ref bool isStar)
    {
        var begin = _at;
        if (Peek() != '/') _at++;
        var step = 1;
        if (Peek() == '/' && !TryStep(field, out step)) return false;
        var isList = !isFirst || Peek() == ',';
        var isOpen = _text[begin] == '?';
        if (isOpen && IsQuartz && (isList || step != 1 || _at != begin + 1 || !(field.IsWeekday || field == CronField.Day))) return FailOpen(begin, field);
        if (isList && (_dialect == CronDialect.Cronos || isOpen))
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
        // Stars and plain ranges are most of what is written.
        if (step == 1 && high >= low) return ((2UL << (high - low)) - 1) << low;
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
        var isLast = letters == 4 && field.IsWeekday && (_text[_at + 3] | 0x20) == 'l';
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
