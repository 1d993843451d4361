namespace Carillon.Language;

/// <summary>The two day fields with their letters, the macros, and what is said of mistakes.</summary>
internal ref partial struct CronParser
{
    private bool TryDays(out CronFields days, out bool isRestricted)
    {
        SkipBlanks();
        isRestricted = true;
        if ((Peek() | 0x20) == 'l') return TryLastDay(out days);
        var begin = _at;
        days = default;
        if (TryNumber(out var day) && Accept('W')) return TryWorkday(begin, day, out days);
        _at = begin;
        if (!TryField(CronField.Day, out var bits, out var isStar)) return false;
        days = new CronFields { Days = (uint)(bits >> 1) };
        isRestricted = !isStar;
        return true;
    }

    private bool TryLastDay(out CronFields days)
    {
        var begin = _at++;
        var before = 0;
        days = default;
        if (Accept('-') && !(TryNumber(out before) && before <= 30))
        {
            return Fail(begin, _at - begin, "The days before the month's last are out of range", "L-0 to L-30");
        }

        days = new CronFields { IsLastDay = true, DaysBeforeLast = before, IsNearestWorkday = Accept('W') };
        return AtEndOfField() || Fail(_at, 1, $"'{Shown.Of(_text[_at].ToString())}' follows 'L' in the day of month", "L, L-3, LW or L-3W, alone in the field");
    }

    private bool TryWorkday(int begin, int day, out CronFields days)
    {
        days = default;
        if (day is < 1 or > 31) return Fail(begin, _at - begin, $"The day of month {day} is out of range", "1W to 31W");
        days = new CronFields { Days = 1u << (day - 1), IsNearestWorkday = true };
        return AtEndOfField() || Fail(begin, _at + 1 - begin, "'W' stands in a list, a range or a step", "one day with a W, alone in the field: 15W");
    }

    private bool TryWeekdays(out CronFields weekdays, out bool isRestricted)
    {
        SkipBlanks();
        weekdays = default;
        isRestricted = true;
        var begin = _at;
        if (Peek() is not ('*' or '?'))
        {
            if (!TryValue(CronField.Weekday, out var value)) return false;
            if (Accept('L')) return TryNth(value, CronFields.LastOne, out weekdays);
            if (Accept('#')) return TryHash(value, out weekdays);
            _at = begin;
        }

        if (!TryField(CronField.Weekday, out var bits, out var isStar)) return false;
        isRestricted = !isStar;
        weekdays = new CronFields { Weekdays = Fold(bits) };
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
        weekdays = new CronFields { Weekdays = Fold(1UL << value), Nth = nth };
        return AtEndOfField() || Fail(_at, 1, "'L' or '#' stands in a list, a range or a step", "one weekday, alone in the field: FRI#2, FRIL");
    }

    private static uint Fold(ulong bits) => (uint)((bits | (bits >> 7)) & CronFields.AllWeekdays);

    private bool TryMacro(out CronFields fields)
    {
        var name = _text.Slice(_at).TrimEnd(" \t");
        var text = Expand(name);
        if (text is not null) return TryParse(text.AsSpan(), _dialect, out fields, out _error);
        fields = default;
        return Fail(_at, name.Length, $"'{Shown.Of(name.ToString())}' is not known",
            "@yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @every_minute, @every_second or @every with a duration",
            name.Equals("@reboot", StringComparison.OrdinalIgnoreCase) ? "A start of the program is no instant of a calendar: enqueue a job when the program starts." : null);
    }

    private static string? Expand(ReadOnlySpan<char> macro)
    {
        for (var i = 0; i < Macros.Length; i++)
        {
            if (macro.Equals(Macros[i].Name, StringComparison.OrdinalIgnoreCase)) return Macros[i].Text;
        }

        return null;
    }

    private static readonly (string Name, string Text)[] Macros =
    [
        ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 1 *"), ("@monthly", "0 0 1 * *"), ("@weekly", "0 0 * * 0"), ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"), ("@hourly", "0 * * * *"), ("@every_minute", "* * * * *"), ("@every_second", "* * * * * *"),
    ];

    private bool FailHere(CronField field)
    {
        if (_at >= _text.Length || IsBlank(_text[_at])) return Fail(_at, 0, $"The {field.Name} breaks off", field.Range);
        var end = _at;
        while (end < _text.Length && !IsBlank(_text[end]) && _text[end] is not (',' or '/' or '-' or '#')) end++;
        var wrong = _text.Slice(_at, Math.Max(1, end - _at)).ToString();
        return Fail(_at, wrong.Length, $"'{Shown.Of(wrong)}' does not belong into the {field.Name}", field.Range, Hint(field, wrong));
    }

    private static string? Hint(CronField field, string wrong) => wrong.ToUpperInvariant() switch
    {
        { Length: > 3 } name when field.ValueOf(name.AsSpan(0, 3)) >= 0 => $"Names have three letters: {name.Substring(0, 3)}.",
        "L" when field == CronField.Weekday => "For the last day of the week write SAT; for the last Friday of the month FRIL.",
        "L" or "W" or "LW" => "L and W belong into the day of month, each alone in it: L, L-3, LW, 15W.",
        "H" => "H is not supported: write a value, or give the schedule a jitter.",
        "-" => "A value cannot be negative.",
        "#" => "# follows a weekday: FRI#2.",
        _ => null,
    };

    private bool Fail(int position, int length, string problem, string expected, string? hint = null)
    {
        _error ??= new ParseError(position, length, problem, expected, hint);
        return false;
    }

    private readonly char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private bool Accept(char upper)
    {
        if (_at >= _text.Length || (_text[_at] != upper && !(upper is >= 'A' and <= 'Z' && _text[_at] == (upper | 0x20)))) return false;
        _at++;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && IsBlank(_text[_at])) _at++;
    }

    private readonly bool AtEndOfField() => _at >= _text.Length || IsBlank(_text[_at]);

    private static bool IsBlank(char character) => character is ' ' or '\t';

    private static bool IsDigit(char character) => character is >= '0' and <= '9';

    private static bool IsLetter(char character) => (character | 0x20) is >= 'a' and <= 'z';
}
