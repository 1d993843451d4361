using System.Buffers;
using Carillon.Language;
using Carillon.Language.English;

namespace Carillon.Server.Verbs;

/// <summary>In which form a text is written, by its looks; the dialect is never guessed.</summary>
internal static class RecurrenceGuess
{
    private static readonly SearchValues<char> OfFields = SearchValues.Create("0123456789*/,-?LlWw#Hh()");

    /// <summary>
    /// In this order: <c>@…</c>, <c>CRON_TZ=</c> and <c>TZ=</c> are cron; a date is one instant; a duration, also with "every" or "after end", and
    /// <c>{…}</c> are an interval, and so is what was meant for one (<c>-5m</c>, <c>P1M</c>, <c>5 minutes</c>);
    /// several words of which the first is written as cron's fields are is cron, unless the second is what it counts; all else is English.
    /// </summary>
    public static RecurrenceForm FormOf(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.StartsWith('@') || StartsWith(trimmed, "CRON_TZ=") || StartsWith(trimmed, "TZ=")) return RecurrenceForm.Cron;
        if (trimmed is [_, _, _, _, '-', _, _, '-', ..] && char.IsAsciiDigit(trimmed[0])) return RecurrenceForm.At;
        if (IsInterval(trimmed)) return RecurrenceForm.Every;
        var end = trimmed.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 || trimmed.AsSpan(0, end).ContainsAnyExcept(OfFields) || IsCounted(trimmed[end..].TrimStart()) ? RecurrenceForm.Text : RecurrenceForm.Cron;
    }

    // "5 minutes past the hour" begins as a field does. A single H is cron's.
    private static bool IsCounted(string rest)
    {
        var end = rest.AsSpan().IndexOfAny(' ', '\t');
        var word = end < 0 ? rest : rest.AsSpan(0, end);
        return word.Length > 1 && EnglishWords.Find(word).Kind is EnglishKind.Unit or EnglishKind.Times or EnglishKind.Business;
    }

    private static bool IsInterval(string text)
    {
        if (text.StartsWith('{') || text.EndsWith(" after end", StringComparison.OrdinalIgnoreCase)) return true;
        var isEvery = StartsWith(text, "every ");
        var span = isEvery ? text[6..].TrimStart() : text;
        return Durations.TryParse(span, out _, out var error) || IsMeant(span) || (!isEvery && span.Any(char.IsAsciiLetter) && error.Hint is not null && error.Position + error.Length == span.Length);
    }

    // What was meant for an interval is refused as one: that says what is wrong with it.
    private static bool IsMeant(string span) => span is ['-', >= '0' and <= '9', ..] or ['P' or 'p', (>= '0' and <= '9') or 'T' or 't', ..];

    private static bool StartsWith(string text, string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
}
