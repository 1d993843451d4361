namespace Carillon.Language;

/// <summary>
/// Times of day on days of a calendar without zones, as a wall clock shows them: cron fields, English. Times are seconds since 0001-01-01.
/// <see cref="ZoneSearch"/> makes instants of them. Implemented by structs where the search must not allocate.
/// </summary>
internal interface ILocalTimes
{
    /// <summary>The first year that is looked at: years before it have zones of odd seconds and no user.</summary>
    const int FirstYear = 1900;

    /// <summary>The last year that is looked at: no search is endless.</summary>
    const int LastYear = 2199;

    /// <summary>What is not found.</summary>
    const long None = -1;

    /// <summary>At the change of clocks it goes on by elapsed time, as an interval does; else its times are fixed ones.</summary>
    bool IsInterval { get; }

    /// <summary>The first time at or after <paramref name="from"/>; <see cref="None"/> up to the end of <see cref="LastYear"/>.</summary>
    long Next(long from);

    /// <summary>The last time at or before <paramref name="upTo"/>; <see cref="None"/> back to the begin of <see cref="FirstYear"/>.</summary>
    long Previous(long upTo);
}
