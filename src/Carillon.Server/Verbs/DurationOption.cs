using System.CommandLine.Parsing;
using System.Globalization;

namespace Carillon.Server.Verbs;

/// <summary>Durations on the command line: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>2d</c>.</summary>
internal static class DurationOption
{
    public static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (Language.Durations.TryParse(text, out var duration, out _) && duration >= TimeSpan.Zero)
        {
            return duration;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{result.Argument.Name} ({text}) is not a duration; expected such as 30s, 5m or 1h30m."));
        return null;
    }
}
