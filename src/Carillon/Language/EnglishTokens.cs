namespace Carillon.Language;

/// <summary>Cuts an English schedule into words, numbers and signs.</summary>
internal static class EnglishTokens
{
    public static List<EnglishToken> Of(string text)
    {
        var tokens = new List<EnglishToken>();
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var token = Read(text, at);
            tokens.Add(token);
            at = token.End;
        }

        // A sentence may end with a full stop.
        if (tokens.Count > 0 && text[tokens[^1].Position] == '.') tokens.RemoveAt(tokens.Count - 1);
        tokens.Add(new EnglishToken(EnglishKind.End, text.Length, 0, 0));
        return tokens;
    }

    private static EnglishToken Read(string text, int at) => text[at] switch
    {
        >= '0' and <= '9' => Number(text, at),
        ':' when at + 2 < text.Length && IsDigit(text[at + 1]) && IsDigit(text[at + 2]) => PastHour(text, at),
        ',' or ';' => new(EnglishKind.Comma, at, 1, 0),
        '-' or '–' => new(EnglishKind.Hyphen, at, 1, 0),
        '&' => new(EnglishKind.And, at, 1, 0),
        '@' => new(EnglishKind.At, at, 1, 0),
        _ when char.IsLetter(text[at]) => Word(text, at),
        _ => new(EnglishKind.Unknown, at, 1, 0),
    };

    private static EnglishToken Word(string text, int at)
    {
        var end = at;
        while (end < text.Length && (char.IsLetter(text[end]) || text[end] is '\'' or '’' or '_')) end++;
        if (end < text.Length && text[end] == '/') return ZoneId(text, at, end);
        if (IsDotted(text, at, end)) return new(EnglishKind.Meridiem, at, at + 3 < text.Length && text[at + 3] == '.' ? 4 : 3, (text[at] | 0x20) == 'p' ? 12 : 0);
        if (Hyphenated(text, at, end) is { } compound) return compound;
        var (kind, value) = EnglishWords.Find(text.AsSpan(at, end - at));
        return new(kind, at, end - at, value);
    }

    private static EnglishToken? Hyphenated(string text, int at, int end)
    {
        const string Compound = "forty-five";
        var isCompound = end < text.Length && text[end] == '-' && string.Compare(text, at, Compound, 0, Compound.Length, StringComparison.OrdinalIgnoreCase) == 0;
        return isCompound ? new(EnglishKind.Number, at, Compound.Length, 45) : null;
    }

    private static EnglishToken ZoneId(string text, int at, int end)
    {
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '/' or '_' or '-' or '+')) end++;
        return new(EnglishKind.Zone, at, end - at, 0);
    }

    /// <summary><c>a.m.</c>, <c>p.m</c>.</summary>
    private static bool IsDotted(string text, int at, int end) =>
        end == at + 1 && (text[at] | 0x20) is 'a' or 'p' && at + 2 < text.Length && text[at + 1] == '.' && (text[at + 2] | 0x20) == 'm';

    private static EnglishToken PastHour(string text, int at)
    {
        var minute = Value(text, at + 1, at + 3);
        var isMinute = minute < 60 && (at + 3 == text.Length || !IsDigit(text[at + 3]));
        return new(isMinute ? EnglishKind.PastHour : EnglishKind.Unknown, at, 3, minute);
    }

    private static EnglishToken Number(string text, int at)
    {
        var end = EndOfDigits(text, at);
        if (end + 1 < text.Length && text[end] == ':' && IsDigit(text[end + 1])) return ClockTime(text, at, end);
        var letters = end;
        while (letters < text.Length && char.IsLetter(text[letters])) letters++;
        var isOrdinal = letters == end + 2 && text.Substring(end, 2).ToUpperInvariant() is "ST" or "ND" or "RD" or "TH";
        return isOrdinal ? new(EnglishKind.Ordinal, at, letters - at, Value(text, at, end)) : new(EnglishKind.Number, at, end - at, Value(text, at, end));
    }

    private static EnglishToken ClockTime(string text, int at, int colon)
    {
        var end = EndOfDigits(text, colon + 1);
        var (hour, minute, second) = (Value(text, at, colon), end - colon == 3 ? Value(text, colon + 1, end) : 60, 0);
        if (end + 1 < text.Length && text[end] == ':' && IsDigit(text[end + 1]))
        {
            var begin = end + 1;
            end = EndOfDigits(text, begin);
            second = end - begin == 2 ? Value(text, begin, end) : 60;
        }

        var isTime = hour <= 24 && minute < 60 && second < 60 && (hour < 24 || minute + second == 0);
        return new(EnglishKind.ClockTime, at, end - at, isTime ? (hour * 3600) + (minute * 60) + second : -1);
    }

    private static int EndOfDigits(string text, int at)
    {
        while (at < text.Length && IsDigit(text[at])) at++;
        return at;
    }

    /// <summary>A number too large for anything stays too large.</summary>
    private static int Value(string text, int at, int end)
    {
        var value = 0;
        for (; at < end; at++) value = Math.Min((value * 10) + (text[at] - '0'), 10_000_000);
        return value;
    }

    private static bool IsDigit(char letter) => letter is >= '0' and <= '9';
}
