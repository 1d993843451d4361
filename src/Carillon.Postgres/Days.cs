namespace Carillon.Postgres;

/// <summary>Days as partitions count them.</summary>
internal static class Days
{
    /// <summary>Days since 1970; never the 0 of rows that are kept on their own terms.</summary>
    public static int Of(DateTimeOffset instant) => (int)Math.Max(1, Instants.ToTicks(instant) / TimeSpan.TicksPerDay);
}
