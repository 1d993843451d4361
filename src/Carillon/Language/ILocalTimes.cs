namespace Carillon.Language;

/// <summary>
/// Times of day on days of a calendar without zones, as a wall clock shows them: cron fields, English. Times are seconds since 0001-01-01.
/// <see cref="ZoneSearch"/> makes instants of them. Implemented by structs where the search must not allocate.
/// </summary>
internal interface ILocalTimes
{
    /// <summary>At the change of clocks it goes on by elapsed time, as an interval does; else its times are fixed ones.</summary>
    bool IsInterval { get; }

    /// <summary>The first time at or after <paramref name="from"/>; <see cref="CronSearch.None"/> up to the end of <see cref="CronSearch.LastYear"/>.</summary>
    long Next(long from);

    /// <summary>The last time at or before <paramref name="upTo"/>; <see cref="CronSearch.None"/> back to the year 1900.</summary>
    long Previous(long upTo);
}
