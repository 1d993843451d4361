using Carillon.Sqlite.Native;

namespace Carillon.EndToEnd.Tests.Running;

/// <summary>A look into the database file of a stopped server with SQLite itself.</summary>
internal sealed class StoreFileView(string path) : IDisposable
{
    private readonly Database _database = Database.Open(path);

    /// <summary>What SQLite's full check says; "ok" for a sound file.</summary>
    public string Integrity => string.Join('\n', Column("pragma integrity_check"));

    public IReadOnlyList<string> Column(string sql) => [.. Rows(sql, 1).Select(row => row[0])];

    public IReadOnlyList<string[]> Rows(string sql, int columns)
    {
        List<string[]> rows = [];
        using var statement = _database.Prepare(sql);
        while (statement.Read())
        {
            rows.Add([.. Enumerable.Range(0, columns).Select(column => statement.TextOrNull(column) ?? "")]);
        }

        return rows;
    }

    public void Dispose() => _database.Dispose();
}
