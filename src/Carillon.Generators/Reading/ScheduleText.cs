using Carillon.Language;

namespace Carillon.Generators.Reading;

/// <summary>Checks the text of a schedule as the run time does, with its own parser. Null: it can be read.</summary>
internal static class ScheduleText
{
    /// <summary>As Recurrence.MaxLength, which is not compiled into the generator; a test compares them.</summary>
    public const int MaxLength = 256;

    public static ParseError? Cron(string text) => Length(text) ?? ReadCron(text);

    public static ParseError? Every(string text) => Length(text) ?? EveryParser.Read(text, out _, out _);

    private static ParseError? ReadCron(string text)
    {
        if (EveryParser.IsMacro(text, out var begin))
        {
            return EveryParser.ReadMacro(text, begin, out _);
        }

        _ = CronParser.TryParse(text.AsSpan(), CronDialect.Unix, out _, out var error);
        return error;
    }

    private static ParseError? Length(string text) => text.Length switch
    {
        0 => new ParseError(0, 0, "The text is empty", "a schedule"),
        > MaxLength => new ParseError(MaxLength, text.Length - MaxLength, $"The text has {text.Length} characters", $"at most {MaxLength}"),
        _ => null,
    };
}
