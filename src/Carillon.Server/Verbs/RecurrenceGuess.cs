using System.Buffers;
using Carillon.Language;

namespace Carillon.Server.Verbs;

/// <summary>In which form a text is written, by its looks; the dialect is never guessed.</summary>
internal static class RecurrenceGuess
{
    private static readonly SearchValues<char> OfFields = SearchValues.Create("0123456789*/,-?LlWw#Hh()");

    /// <summary>
    /// In this order: <c>@…</c>, <c>CRON_TZ=</c> and <c>TZ=</c> are cron; a date is one instant; a duration, also with "every" or "after end", and
    /// <c>{…}</c> are an interval; several words of which the first is written as cron's fields are is cron; all else is English.
    /// </summary>
    public static RecurrenceForm FormOf(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.StartsWith('@') || StartsWith(trimmed, "CRON_TZ=") || StartsWith(trimmed, "TZ=")) return RecurrenceForm.Cron;
        if (trimmed is [_, _, _, _, '-', _, _, '-', ..] && char.IsAsciiDigit(trimmed[0])) return RecurrenceForm.At;
        if (IsInterval(trimmed)) return RecurrenceForm.Every;
        var end = trimmed.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 || trimmed.AsSpan(0, end).ContainsAnyExcept(OfFields) ? RecurrenceForm.Text : RecurrenceForm.Cron;
    }

    private static bool IsInterval(string text)
    {
        if (text.StartsWith('{') || text.EndsWith(" after end", StringComparison.OrdinalIgnoreCase)) return true;
        return Durations.TryParse(StartsWith(text, "every ") ? text[6..] : text, out _, out _);
    }

    private static bool StartsWith(string text, string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
}
