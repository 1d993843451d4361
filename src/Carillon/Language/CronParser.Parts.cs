namespace Carillon.Language;

/// <summary>Macros, <c>H</c>, years.</summary>
internal ref partial struct CronParser
{
    private bool TryMacro(out CronFields fields)
    {
        var name = _text.Slice(_at).TrimEnd(" \t");
        if (Expand(name) is { } text) return TryParse(text.AsSpan(), 0, CronDialect.Unix, null, out fields, out _, out _error);
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

    private bool TryHash(CronField field, ref ulong bits)
    {
        _at++;
        var (low, high, step) = (field.Min, field.HashMax, 0);
        if (Accept('(') && !TryHashRange(field, out low, out high)) return false;
        if (Peek() == '/' && !TryStep(field, out step)) return false;
        _isHashed = true;
        var count = high - low + 1;
        low += CronHash.Of(_name ?? "", field.Salt, step == 0 ? count : Math.Min(step, count));
        _isInterval |= step > 0 && field.IsTime;
        bits |= step == 0 ? 1UL << low : Spread(field, low, high, step);
        return true;
    }

    private bool TryHashRange(CronField field, out int low, out int high)
    {
        high = 0;
        var begin = _at;
        if (!TryValue(field, out low)) return false;
        if (!Accept('-')) return Fail(_at, 0, "The range of H breaks off", "the least and the greatest value: H(0-29)");
        if (!TryValue(field, out high)) return false;
        if (high < low) return Fail(begin, _at - begin, "The range of H runs backwards", "the least value first: H(0-29)");
        return Accept(')') || Fail(_at, 0, "The bracket of H is not closed", "a ')': H(0-29)");
    }

    private bool TryYears(out CronYears? years)
    {
        SkipBlanks();
        years = new CronYears();
        do
        {
            if (!TryYear(years)) return false;
        }
        while (Accept(','));
        if (years.IsAll) years = null;
        return AtEndOfField() || FailHere(CronField.Year);
    }

    private bool TryYear(CronYears years)
    {
        var (low, high, step, isStar) = (CronYears.First, CronYears.Last, 1, Accept('*'));
        var isRange = false;
        if (!isStar && Peek() != '/')
        {
            if (!TryValue(CronField.Year, out low)) return false;
            isRange = Accept('-');
            if (isRange && !TryValue(CronField.Year, out high)) return false;
            if (high < low) return Fail(_at, 0, "The range of years runs backwards", "the earlier year first");
        }

        var isStep = Peek() == '/';
        if (isStep && !TryStep(CronField.Year, out step)) return false;
        years.Add(low, isStar || isRange || isStep ? high : low, step);
        return true;
    }
}
