using System.Text.Json;
using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>A schedule as it was read; its document is parsed where there is time for it.</summary>
internal readonly record struct ScheduleRow(string Document, long Version, DateTimeOffset? NextAt, DateTimeOffset? LastAt, long FiredCount)
{
    public static ScheduleRow Of(Statement row) => new(row.Text(0), row.Long(1), row.InstantOrNull(2), row.InstantOrNull(3), row.Long(4));

    public Schedule ToSchedule() => JsonSerializer.Deserialize(Document, StoreJson.Default.Schedule)! with
    {
        Version = Version,
        NextAt = NextAt,
        LastAt = LastAt,
        FiredCount = FiredCount,
    };
}
