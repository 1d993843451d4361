namespace Carillon.Language;

/// <summary>Reads an interval's text. Compiled into the source generator too: what builds is what runs.</summary>
internal static class EveryParser
{
    /// <summary>Shorter ones are refused: each instant is a durable job, and below this a loop in a handler serves better.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private const string AfterEnd = "after end";

    /// <summary><c>[every] DURATION [after end]</c>.</summary>
    public static ParseError? Read(string text, out TimeSpan interval, out bool isAfterEnd)
    {
        var begin = text.TrimStart().StartsWith("every ", StringComparison.OrdinalIgnoreCase) ? text.IndexOf("every ", StringComparison.OrdinalIgnoreCase) + 6 : 0;
        var rest = text.TrimEnd(' ');
        isAfterEnd = rest.EndsWith(" " + AfterEnd, StringComparison.OrdinalIgnoreCase);
        if (isAfterEnd) rest = rest.Substring(0, rest.Length - AfterEnd.Length);
        return Read(rest, Math.Min(begin, rest.Length), out interval);
    }

    /// <summary>The duration of <c>@every</c>, from <paramref name="begin"/> on.</summary>
    public static ParseError? ReadMacro(string text, int begin, out TimeSpan interval) => Read(text.Replace('\t', ' '), begin, out interval);

    /// <summary><c>@every</c> with a duration; <c>@every_minute</c> is cron.</summary>
    public static bool IsMacro(string text, int from, out int begin)
    {
        begin = from;
        while (begin < text.Length && text[begin] is ' ' or '\t') begin++;
        var end = begin + "@every".Length;
        var isEvery = string.Compare(text, begin, "@every", 0, end - begin, StringComparison.OrdinalIgnoreCase) == 0 && (end >= text.Length || text[end] is ' ' or '\t');
        begin = end;
        return isEvery;
    }

    private static ParseError? Read(string text, int begin, out TimeSpan interval)
    {
        if (!Durations.TryParse(text.Substring(begin), out interval, out var error)) return error with { Position = error.Position + begin };
        return interval >= Shortest ? null
            : new ParseError(begin, text.Length - begin, $"The interval {Durations.Format(interval)} is too short", $"at least {Durations.Format(Shortest)}");
    }
}
