using System.Text.Json;
using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>A schedule as its row says it; read in the order of <see cref="ScheduleTable.Columns"/>.</summary>
internal static class ScheduleRow
{
    public static Schedule ReadSchedule(NpgsqlDataReader row) => JsonSerializer.Deserialize(row.GetString(0), StoreJson.Default.Schedule)! with
    {
        Version = row.GetInt64(1),
        NextAt = row.InstantOrNull(2),
        LastAt = row.InstantOrNull(3),
        FiredCount = row.GetInt64(4),
    };
}
