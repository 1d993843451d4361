namespace Carillon.Tests.Tidy;

/// <summary>A C# file with its comments and the insides of its strings blanked, line by line as it was: what is left is code, and its braces match.</summary>
internal sealed class MaskedSource
{
    private readonly string _text;
    private readonly char[] _masked;

    private MaskedSource(string text)
    {
        _text = text;
        _masked = text.ToCharArray();
        Code(0, isHole: false);
    }

    public static string Of(string text) => new(new MaskedSource(text)._masked);

    /// <summary>Reads code from there; in a hole of an interpolated string up to its closing brace.</summary>
    private int Code(int at, bool isHole)
    {
        var depth = 0;
        while (at < _text.Length)
        {
            if (isHole && depth == 0 && _text[at] == '}')
            {
                return at;
            }

            depth += _text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            at = Skip(at);
        }

        return at;
    }

    /// <summary>Goes over one character, comment, string or character literal.</summary>
    private int Skip(int at)
    {
        if (Has(at, "//"))
        {
            return Blank(at, Next(at, "\n"));
        }

        if (Has(at, "/*"))
        {
            return Blank(at, Next(at + 2, "*/") + 2);
        }

        if (_text[at] == '\'')
        {
            return Blank(at + 1, Quoted(at + 1, '\'')) + 1;
        }

        return _text[at] is '"' or '$' or '@' ? String(at) : at + 1;
    }

    private int String(int at)
    {
        var quote = at;
        while (quote < _text.Length && _text[quote] is '$' or '@')
        {
            quote++;
        }

        if (quote >= _text.Length || _text[quote] != '"')
        {
            return quote;
        }

        var (isInterpolated, isVerbatim) = (_text[at..quote].Contains('$', StringComparison.Ordinal), _text[at..quote].Contains('@', StringComparison.Ordinal));
        if (Has(quote, "\"\"\""))
        {
            return Raw(quote);
        }

        if (isInterpolated)
        {
            return Interpolated(quote + 1, isVerbatim);
        }

        return Blank(quote + 1, isVerbatim ? Verbatim(quote + 1) : Quoted(quote + 1, '"')) + 1;
    }

    // Holes of raw strings are blanked with them: nothing that is counted stands there.
    private int Raw(int at)
    {
        var quotes = _text[at..].TakeWhile(letter => letter == '"').Count();
        var fence = new string('"', quotes);
        return Blank(at, Next(at + quotes, fence) + quotes);
    }

    private int Interpolated(int at, bool isVerbatim)
    {
        while (at < _text.Length && _text[at] != '"')
        {
            if (_text[at] == '{' && !Has(at, "{{"))
            {
                at = Code(at + 1, isHole: true) + 1;
            }
            else
            {
                var length = Has(at, "{{") || Has(at, "}}") || (!isVerbatim && _text[at] == '\\') || (isVerbatim && Has(at, "\"\"")) ? 2 : 1;
                at = Blank(at, at + length);
            }
        }

        return at + 1;
    }

    private int Quoted(int at, char end)
    {
        while (at < _text.Length && _text[at] != end)
        {
            at += _text[at] == '\\' ? 2 : 1;
        }

        return at;
    }

    private int Verbatim(int at)
    {
        while (at < _text.Length && (_text[at] != '"' || Has(at, "\"\"")))
        {
            at += Has(at, "\"\"") ? 2 : 1;
        }

        return at;
    }

    private int Blank(int from, int to)
    {
        for (var i = from; i < Math.Min(to, _text.Length); i++)
        {
            _masked[i] = _text[i] is '\n' ? '\n' : ' ';
        }

        return Math.Min(to, _text.Length);
    }

    private bool Has(int at, string text) => string.CompareOrdinal(_text, at, text, 0, text.Length) == 0;

    private int Next(int at, string text) => _text.IndexOf(text, at, StringComparison.Ordinal) is var found and >= 0 ? found : _text.Length;
}
