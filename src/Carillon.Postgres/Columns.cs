using Npgsql;

namespace Carillon.Postgres;

/// <summary>Columns of a row in the program's types.</summary>
internal static class Columns
{
    public static Guid Id(this NpgsqlDataReader row, int column) => row.GetFieldValue<Guid>(column);

    public static DateTimeOffset Instant(this NpgsqlDataReader row, int column) => Instants.FromTicks(row.GetInt64(column));

    public static DateTimeOffset? InstantOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);

    public static TimeSpan Span(this NpgsqlDataReader row, int column) => new(row.GetInt64(column));

    public static TimeSpan? SpanOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Span(column);

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? LongOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static double? DoubleOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
