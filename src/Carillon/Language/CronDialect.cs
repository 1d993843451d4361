namespace Carillon.Language;

/// <summary>How a cron expression is to be read.</summary>
internal enum CronDialect
{
    /// <summary>Day-of-month and day-of-week, both restricted: either matches.</summary>
    Unix,

    /// <summary>The same fields; both days must match.</summary>
    Cronos,

    /// <summary>Seconds always, Sunday is 1, a year may follow; both days given: either matches.</summary>
    Quartz,
}

/// <summary>The names of the dialects.</summary>
internal static class CronDialects
{
    private const string Expected = "'unix' (either day field matches), 'cronos' (both must match) or 'quartz' (seconds first, Sunday is 1)";

    public static bool TryParse(string? name, out CronDialect dialect, out ParseError? error)
    {
        dialect = Is(name, "cronos") ? CronDialect.Cronos : Is(name, "quartz") ? CronDialect.Quartz : CronDialect.Unix;
        var isKnown = name is null || dialect != CronDialect.Unix || Is(name, "unix");
        error = isKnown ? null : new ParseError(0, 0, $"The cron dialect '{Shown.Of(name!)}' is not known", Expected);
        return isKnown;
    }

    private static bool Is(string? name, string known) => string.Equals(name, known, StringComparison.OrdinalIgnoreCase);

    public static string NameOf(CronDialect dialect) => dialect switch
    {
        CronDialect.Cronos => "cronos",
        CronDialect.Quartz => "quartz",
        _ => "unix",
    };
}
