namespace Carillon.Language;

/// <summary>How a cron expression is to be read.</summary>
internal enum CronDialect
{
    /// <summary>Day-of-month and day-of-week, both restricted: either matches.</summary>
    Unix,

    /// <summary>The same fields; both days must match.</summary>
    Cronos,
}

/// <summary>The names of the dialects.</summary>
internal static class CronDialects
{
    public static bool TryParse(string? name, out CronDialect dialect, out ParseError? error)
    {
        var upper = name?.ToUpperInvariant();
        dialect = upper == "CRONOS" ? CronDialect.Cronos : CronDialect.Unix;
        error = upper switch
        {
            null or "UNIX" or "CRONOS" => null,
            "QUARTZ" => Refuse(name!, "Write it in one of these: quartz counts Sunday as 1, they count it as 0 or 7, and have no year."),
            _ => Refuse(name!, null),
        };
        return error is null;
    }

    public static string NameOf(CronDialect dialect) => dialect == CronDialect.Cronos ? "cronos" : "unix";

    private static ParseError Refuse(string name, string? hint) =>
        new(0, 0, $"The cron dialect '{Shown.Of(name)}' is not supported", "'unix' (either day field matches) or 'cronos' (both must match)", hint);
}
