using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Carillon.Language;

/// <summary>
/// Spans of time as people write them: <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>250ms</c>, <c>2d</c>, <c>1.5s</c>, or ISO 8601 (<c>PT5M</c>, <c>P1DT2H</c>).
/// A day is 24 hours; months and years have no fixed length and are refused. Never negative.
/// </summary>
public static class Durations
{
    private const string Examples = "a duration such as 30s, 5m, 1h30m, 250ms, 2d or PT5M";

    private const string NoFixedLength = "Months and years have no fixed length: use cron ('0 9 1 * *'), or English ('on the 1st at 9').";

    // Largest first: each may follow only a larger one.
    private static readonly (string Name, long Ticks)[] Plain =
    [
        ("w", 7 * TimeSpan.TicksPerDay), ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a duration; blanks around it and between its parts do not matter, nor does case.</summary>
    public static bool TryParse(string? text, out TimeSpan duration, [NotNullWhen(false)] out ParseError? error)
    {
        text ??= "";
        var begin = 0;
        while (begin < text.Length && text[begin] == ' ') begin++;
        var end = text.Length;
        while (end > begin && text[end - 1] == ' ') end--;
        var isIso = begin < end && text[begin] is 'P' or 'p';
        error = Read(text, isIso ? begin + 1 : begin, end, isIso, out var ticks);
        if (error is null && ticks > long.MaxValue) error = new ParseError(begin, end - begin, $"'{Shown.Of(text)}' is too long", "at most 10 million days");
        duration = error is null ? new TimeSpan((long)ticks) : default;
        return error is null;
    }

    /// <summary>The one way in which a duration is written back: <c>1h30m</c>, <c>250ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var text = new StringBuilder(duration < TimeSpan.Zero ? "-" : "");
        var rest = Math.Abs((decimal)duration.Ticks);
        for (var i = 1; i < Plain.Length - 1; i++)
        {
            var count = decimal.Truncate(rest / Plain[i].Ticks);
            rest -= count * Plain[i].Ticks;
            if (count > 0) text.Append(count.ToString(CultureInfo.InvariantCulture)).Append(Plain[i].Name);
        }

        if (rest > 0) text.Append((rest / TimeSpan.TicksPerMillisecond).ToString("0.####", CultureInfo.InvariantCulture)).Append("ms");
        return text.ToString();
    }

    private static ParseError? Read(string text, int at, int end, bool isIso, out decimal ticks)
    {
        ticks = 0;
        var (last, isTime, isFraction) = (-1, false, false);
        if (at == end) return new ParseError(at, 0, "The duration is empty", Examples);
        while (at < end)
        {
            if (isIso && !isTime && text[at] is 'T' or 't')
            {
                isTime = true;
                at++;
            }

            var begin = at;
            if (isFraction || !TryNumber(text, end, ref at, out var number, out isFraction)) return Wrong(text, begin, end, isFraction);
            var unit = isIso ? IsoUnit(text, ref at, end, isTime) : PlainUnit(text, ref at, end);
            if (unit < 0) return WrongUnit(text, begin, at, end, isIso && !isTime);
            if (unit <= last) return new ParseError(begin, at - begin, $"'{Plain[unit].Name}' follows a smaller or equal unit", "larger units first, each once: 1d2h3m4s5ms");
            ticks += decimal.Truncate(number * Plain[unit].Ticks);
            last = unit;
            while (!isIso && at < end && text[at] == ' ') at++;
        }

        return null;
    }

    private static ParseError Wrong(string text, int begin, int end, bool isFraction)
    {
        if (isFraction) return new ParseError(begin, end - begin, "A fraction is not the last part", "a fraction only in the last part: 1h0.5m");
        if (begin >= end) return new ParseError(begin, 0, "The duration breaks off", Examples);
        var hint = text[begin] == '-' ? "A duration cannot be negative: leave the minus out." : null;
        return new ParseError(begin, 1, $"'{Shown.Of(text[begin].ToString())}' is no number", Examples, hint);
    }

    private static ParseError WrongUnit(string text, int begin, int at, int end, bool isDate)
    {
        var number = Shown.Of(text.Substring(begin, at - begin));
        while (at < end && text[at] == ' ') at++;
        var length = 0;
        while (at + length < end && char.IsLetter(text[at + length])) length++;
        var unit = text.Substring(at, length);
        if (length == 0 && at < end) return new ParseError(at, 1, $"'{Shown.Of(text[at].ToString())}' is no unit", "w, d, h, m, s or ms", text[at] == ':' ? "Write 01:30:00 as 1h30m." : null);
        if (length == 0) return new ParseError(begin, at - begin, $"{number} has no unit", "w, d, h, m, s or ms", $"Seconds? Write {number}s.");
        return new ParseError(at, length, $"'{Shown.Of(unit)}' is no unit", "w, d, h, m, s or ms, or ISO 8601 without years and months", isDate && unit is ("M" or "m") ? $"Minutes? Write PT{number}M. {NoFixedLength}" : HintUnit(unit, number));
    }

    private static string? HintUnit(string unit, string number) => unit.ToUpperInvariant() switch
    {
        "MIN" or "MINS" or "MINUTE" or "MINUTES" => $"Minutes are m. Write {number}m.",
        "SEC" or "SECS" or "SECOND" or "SECONDS" => $"Seconds are s. Write {number}s.",
        "HR" or "HRS" or "HOUR" or "HOURS" => $"Hours are h. Write {number}h.",
        "DAY" or "DAYS" => $"Days are d. Write {number}d.",
        "WEEK" or "WEEKS" => $"Weeks are w. Write {number}w.",
        "Y" or "MO" or "MONTH" or "MONTHS" or "YEAR" or "YEARS" => NoFixedLength,
        _ => null,
    };

    private static bool TryNumber(string text, int end, ref int at, out decimal number, out bool isFraction)
    {
        var begin = at;
        (number, isFraction) = (0, false);
        for (; at < end && text[at] is >= '0' and <= '9'; at++) number = Math.Min((number * 10) + (text[at] - '0'), 1e15m);
        if (at == begin || at == end || text[at] is not ('.' or ',')) return at > begin;
        var scale = 0.1m;
        var point = at++;
        for (; at < end && text[at] is >= '0' and <= '9'; at++, scale /= 10) number += scale * (text[at] - '0');
        isFraction = true;
        return at > point + 1;
    }

    private static int PlainUnit(string text, ref int at, int end)
    {
        var length = 0;
        while (at + length < end && ((text[at + length] | 0x20) is >= 'a' and <= 'z')) length++;
        for (var i = 0; i < Plain.Length; i++)
        {
            if (Plain[i].Name.Length != length || string.Compare(text, at, Plain[i].Name, 0, length, StringComparison.OrdinalIgnoreCase) != 0) continue;
            at += length;
            return i;
        }

        return -1;
    }

    private static int IsoUnit(string text, ref int at, int end, bool isTime)
    {
        if (at >= end) return -1;
        var unit = (text[at] | 0x20) switch { 'w' when !isTime => 0, 'd' when !isTime => 1, 'h' when isTime => 2, 'm' when isTime => 3, 's' when isTime => 4, _ => -1 };
        if (unit >= 0) at++;
        return unit;
    }
}
