namespace Carillon.Language;

/// <summary>One line of an iCalendar text, unfolded: <c>NAME;PARAMETER=value:value</c>.</summary>
/// <param name="Number">Where it begins in the text, from 1.</param>
/// <param name="Name">In capitals.</param>
/// <param name="Parameters">Their names in capitals.</param>
/// <param name="Value">What follows the colon.</param>
internal sealed record CalendarLine(int Number, string Name, IReadOnlyDictionary<string, string> Parameters, string Value)
{
    /// <summary>The lines of a text; a line that begins with a blank goes on with the one before it.</summary>
    public static IEnumerable<CalendarLine> Of(string text)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n');
        for (var at = 0; at < lines.Length;)
        {
            var number = at + 1;
            var line = lines[at++].TrimEnd('\r');
            while (at < lines.Length && lines[at] is [' ' or '\t', ..]) line += lines[at++].TrimEnd('\r')[1..];
            if (line.Length > 0) yield return Parse(number, line);
        }
    }

    /// <summary>What is wrong in this line, and what would be right.</summary>
    public ScheduleFormatException Refuse(string problem, string expected) =>
        new($"Line {Number} of the iCalendar text: '{Shown.Of($"{Name}:{Value}")}' {problem}; expected: {expected}.");

    private static CalendarLine Parse(int number, string line)
    {
        var parts = new List<string>();
        var (begin, isQuoted, colon) = (0, false, -1);
        for (var at = 0; at < line.Length && colon < 0; at++)
        {
            if (line[at] == '"') isQuoted = !isQuoted;
            if (isQuoted || line[at] is not (';' or ':')) continue;
            parts.Add(line[begin..at]);
            begin = at + 1;
            if (line[at] == ':') colon = at;
        }

        if (colon < 0) throw new ScheduleFormatException($"Line {number} of the iCalendar text: '{Shown.Of(line)}' has no colon; expected: NAME:value.");
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts.Skip(1))
        {
            var pair = part.Split('=', 2);
            parameters[pair[0].ToUpperInvariant()] = pair[^1].Trim('"');
        }

        return new CalendarLine(number, parts[0].ToUpperInvariant(), parameters, line[(colon + 1)..].Trim());
    }
}
