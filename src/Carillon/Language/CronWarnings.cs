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
            warnings.Add($"These six fields mean one thing in the unix dialect ('{CronWords.Of(unix)}') and another in quartz ('{CronWords.Of(quartz)}'): it is read as {CronDialects.NameOf(dialect)}. Names such as MON, and '*' or '?' in one of the day fields, mean the same in both.");
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
        CronZone.TryFind(text.Text, out _, out var begin);
        var rest = text.Text.AsSpan(begin).Trim(" \t");
        if (rest.StartsWith("@") || CountOf(rest) != 6) return null;
        var other = dialect == CronDialect.Unix ? CronDialect.Quartz : CronDialect.Unix;
        var isRead = CronParser.TryParse(text.Text, begin, other, text.Name, out var read, out _, out _);
        return isRead && read with { IsWorkdayClamped = fields.IsWorkdayClamped } != fields ? read : null;
    }

    private static bool HasIdleStar(string text)
    {
        CronZone.TryFind(text, out _, out var begin);
        var parts = text[begin..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length >= 6 && (parts[3], parts[5]) is ("*", not ("*" or "?")) or (not ("*" or "?"), "*");
    }

    private static int CountOf(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not (' ' or '\t') && (i == 0 || text[i - 1] is ' ' or '\t')) count++;
        }

        return count;
    }
}
