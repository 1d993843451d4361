using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>What the last purge learned: until when a further one under the same retention finds nothing, so that an idle store is not asked.</summary>
/// <param name="Retention">What it was asked for.</param>
/// <param name="From">When it was; a clock that was set back behind it makes this worthless.</param>
/// <param name="Until">Nothing is past its retention and nothing expires before.</param>
/// <param name="NextExpiryAt">When the next job expires.</param>
internal sealed record PurgeRest(Retention Retention, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset? NextExpiryAt)
{
    public bool Covers(Retention retention, DateTimeOffset now) => retention == Retention && now >= From && now < Until;
}
