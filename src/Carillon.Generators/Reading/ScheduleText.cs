using Carillon.Language;

namespace Carillon.Generators.Reading;

/// <summary>Checks the text of a schedule as the run time does, with its own parser. Null: it can be read.</summary>
internal static class ScheduleText
{
    /// <summary>As Recurrence.MaxLength, which is not compiled into the generator; a test compares them.</summary>
    public const int MaxLength = 256;

    /// <param name="text">The expression.</param>
    /// <param name="findZone">Answers null for a zone that is known, else what is wrong with it.</param>
    public static ParseError? Cron(string text, Func<string, string?> findZone) => Length(text) ?? ReadCron(text, findZone);

    public static ParseError? Every(string text) => Length(text) ?? EveryParser.Read(text, out _, out _);

    private static ParseError? ReadCron(string text, Func<string, string?> findZone)
    {
        if (CronZone.TryFind(text, out var id, out var begin) && findZone(text.Substring(id.At, id.Length)) is { } problem)
        {
            return new ParseError(id.At, id.Length, problem, "an IANA id before the expression: CRON_TZ=Europe/Berlin 0 9 * * *");
        }

        if (EveryParser.IsMacro(text, begin, out var at))
        {
            return id.Length == 0 ? EveryParser.ReadMacro(text, at, out _) : new ParseError(0, begin, "A zone stands before what no clock decides", "no zone");
        }

        _ = CronParser.TryParse(text.AsSpan(), begin, CronDialect.Unix, null, out _, out _, out var error);
        return error;
    }

    private static ParseError? Length(string text) => text.Length switch
    {
        0 => new ParseError(0, 0, "The text is empty", "a schedule"),
        > MaxLength => new ParseError(MaxLength, text.Length - MaxLength, $"The text has {text.Length} characters", $"at most {MaxLength}"),
        _ => null,
    };
}
