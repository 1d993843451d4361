namespace Carillon.Language;

/// <summary>What is said of mistakes, and the smallest steps.</summary>
internal ref partial struct CronParser
{
    private bool FailCount(int count)
    {
        var problem = count == 0 ? "The cron expression is empty" : $"The cron expression has {count} field{(count == 1 ? "" : "s")}";
        var length = count == 0 ? 0 : _text.Length - _at;
        return IsQuartz
            ? Fail(_at, length, problem, "6 fields (second minute hour day month weekday) or 7 (year last)", count == 5 ? "Quartz begins with the second: put a 0 in front, or leave the dialect out." : null)
            : Fail(_at, length, problem, "5 fields (minute hour day month weekday) or 6 (second first)", count == 7 ? "A year is part of the quartz dialect only." : null);
    }

    private bool FailBothOpen() =>
        Fail(_text.TrimEnd(" \t").LastIndexOf('?'), 1, "Both day fields are left open by '?'", "a '*' or days in one of them", "For every day write '* * ?': day of month, month, day of week.");

    private bool FailOpen(int begin, CronField field) => field.IsWeekday || field == CronField.Day
        ? Fail(begin, 1, $"'?' does not stand alone in the {field.Name}", "'?' and nothing else in the field, or values without it")
        : Fail(begin, 1, $"'?' does not belong into the {field.Name}", "'?' in the day of month or in the day of week", "Write '*' for every value.");

    private bool FailHere(CronField field)
    {
        if (_at >= _text.Length || IsBlank(_text[_at])) return Fail(_at, 0, $"The {field.Name} breaks off", field.Range);
        var end = _at;
        while (end < _text.Length && !IsBlank(_text[end]) && _text[end] is not (',' or '/' or '-' or '#')) end++;
        var wrong = _text.Slice(_at, Math.Max(1, end - _at)).ToString();
        return Fail(_at, wrong.Length, $"'{Shown.Of(wrong)}' does not belong into the {field.Name}", field.Range, Hint(field, wrong));
    }

    private readonly string? Hint(CronField field, string wrong) => wrong.ToUpperInvariant() switch
    {
        { Length: > 3 } name when field.ValueOf(name.AsSpan(0, 3)) >= 0 => $"Names have three letters: {name.Substring(0, 3)}.",
        "L" when field.IsWeekday => "For the last day of the week write SAT; for the last Friday of the month FRIL.",
        "L" or "W" or "LW" => $"L and W belong into the day of month{(IsQuartz ? "" : ", each alone in it")}: L, L-3, LW, 15W.",
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
