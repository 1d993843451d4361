namespace Carillon.Language;

/// <summary>What the writer of an expression should know.</summary>
internal static class CronWarnings
{
    public static IReadOnlyList<string> Of(in CronFields fields, CronDialect dialect, RecurrenceText text, bool isHashed)
    {
        var warnings = new List<string>();
        if (Other(fields, dialect, text) is { } other)
        {
            var (unix, quartz) = dialect == CronDialect.Unix ? (fields, other) : (other, fields);
            warnings.Add($"These six fields mean '{CronWords.Of(unix)}' in the unix dialect, where 1 is Monday, and '{CronWords.Of(quartz)}' in quartz, where 1 is Sunday; they are read as {CronDialects.NameOf(dialect)}. Names such as MON are safe in both.");
        }

        if (dialect == CronDialect.Quartz && HasIdleStar(text.Text))
        {
            warnings.Add("A '*' in one day field beside days in the other means every day, for either field suffices. Write '?' in place of the '*' to have only those days.");
        }

        if (isHashed && text.Name is null) warnings.Add("H is spread by the schedule's name, and no name is given here: the schedule will fire at other times than these.");
        return warnings;
    }

    /// <summary>The other reading, where six fields have one.</summary>
    private static CronFields? Other(in CronFields fields, CronDialect dialect, RecurrenceText text)
    {
        if (dialect == CronDialect.Cronos) return null;
        var parts = PartsOf(text.Text);
        if (parts.Length != 6) return null;
        var other = dialect == CronDialect.Unix ? CronDialect.Quartz : CronDialect.Unix;

        // Who writes a star beside days in quartz means a question mark; later releases of it read it so.
        if (other == CronDialect.Quartz && IsIdleStar(parts[3], parts[5])) parts[parts[3] == "*" ? 3 : 5] = "?";
        var isRead = CronParser.TryParse(string.Join(' ', parts), 0, other, text.Name, out var read, out _, out _);
        return isRead && read with { IsWorkdayClamped = fields.IsWorkdayClamped } != fields ? read : null;
    }

    private static bool HasIdleStar(string text) => PartsOf(text) is { Length: >= 6 } parts && IsIdleStar(parts[3], parts[5]);

    private static bool IsIdleStar(string days, string weekdays) => (days, weekdays) is ("*", not ("*" or "?")) or (not ("*" or "?"), "*");

    private static string[] PartsOf(string text)
    {
        CronZone.TryFind(text, out _, out var begin);
        return text[begin..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
    }
}
