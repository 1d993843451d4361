using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Carillon.Jobs;

/// <summary>The values it reads itself.</summary>
public ref partial struct ArgumentReader
{
    private static readonly string[] TimeForms = ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"];

    /// <summary>A text.</summary>
    public string Text() => Text("a text");

    /// <summary>True or false.</summary>
    public bool Boolean() => !_isMissing && _reader.TokenType is JsonTokenType.True or JsonTokenType.False ? _reader.GetBoolean() : throw Refuse("true or false");

    /// <summary>One character.</summary>
    public char Character() => Text("a text of one character") is [var character] ? character : throw Refuse("a text of one character");

    /// <summary>A number of any size, as a number or as a text that holds one.</summary>
    public T Number<T>() where T : struct, INumber<T>, IMinMaxValue<T>
    {
        var style = Kind<T>.IsWhole ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        if (!_isMissing && _reader.TokenType is JsonTokenType.Number or JsonTokenType.String
            && T.TryParse(_reader.ValueSpan, style, CultureInfo.InvariantCulture, out var number)
            && (T.IsFinite(number) || _reader.TokenType == JsonTokenType.String))
        {
            return number;
        }

        throw Refuse(Kind<T>.IsWhole ? $"a whole number from {T.MinValue} to {T.MaxValue}" : "a number");
    }

    /// <summary>A UUID.</summary>
    public Guid Uuid() => System.Guid.TryParse(Text("a UUID"), out var value) ? value : throw Refuse("a UUID");

    /// <summary>A date and time of day, with or without offset.</summary>
    public DateTime DateTime() =>
        IsText() && _reader.TryGetDateTime(out var value) ? value : throw Refuse("a date and time such as 2027-01-31T09:00:00");

    /// <summary>An instant. One without offset is refused: it would mean another instant on each machine.</summary>
    public DateTimeOffset DateTimeOffset() =>
        IsText() && _reader.TryGetDateTimeOffset(out var value) && _reader.TryGetDateTime(out var local) && local.Kind != DateTimeKind.Unspecified
            ? value : throw Refuse("an instant with offset such as 2027-01-31T09:00:00Z");

    /// <summary>A date.</summary>
    public DateOnly DateOnly() =>
        System.DateOnly.TryParseExact(Text("a date such as 2027-01-31"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value)
            ? value : throw Refuse("a date such as 2027-01-31");

    /// <summary>A time of day.</summary>
    public TimeOnly TimeOnly() =>
        System.TimeOnly.TryParseExact(Text("a time of day such as 09:30"), TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var value)
            ? value : throw Refuse("a time of day such as 09:30");

    /// <summary>A duration: what <paramref name="parse"/> reads, or the invariant format of .NET.</summary>
    public TimeSpan TimeSpan(Func<string, TimeSpan?> parse)
    {
        const string Expected = "a duration such as 30s, 1h30m, PT5M or 00:05:00";
        var text = Text(Expected);
        return System.TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value) ? value : parse(text) ?? throw Refuse(Expected);
    }

    /// <summary>An address, absolute or relative.</summary>
    public Uri Uri() => System.Uri.TryCreate(Text("a URI"), UriKind.RelativeOrAbsolute, out var value) ? value : throw Refuse("a URI");

    /// <summary>Bytes as base64.</summary>
    public byte[] Bytes() => IsText() && _reader.TryGetBytesFromBase64(out var value) ? value : throw Refuse("bytes as a base64 text");

    /// <summary>A value of an enumeration by its name, case aside; the names of flags stand between commas; a number too, for values without name.</summary>
    public T Choice<T>() where T : struct, Enum
    {
        if (!_isMissing && _reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
        {
            var text = _reader.TokenType == JsonTokenType.String ? _reader.GetString()! : System.Text.Encoding.UTF8.GetString(_reader.ValueSpan);
            if ((_reader.TokenType == JsonTokenType.Number || !IsNumeric(text)) && Enum.TryParse<T>(text, ignoreCase: true, out var value))
            {
                return value;
            }
        }

        throw Refuse($"one of {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName))}");
    }

    private static bool IsNumeric(string text) => text.TrimStart() is [var first, ..] && (char.IsAsciiDigit(first) || first is '-' or '+');

    private readonly bool IsText() => !_isMissing && _reader.TokenType == JsonTokenType.String;

    private string Text(string expected)
    {
        Expect(JsonTokenType.String, expected);
        return _reader.GetString()!;
    }

    private static class Kind<T> where T : struct, INumber<T>
    {
        public static readonly bool IsWhole = !T.TryParse("0.5", NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }
}
