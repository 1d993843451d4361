namespace Carillon.Sqlite;

/// <summary>What an acknowledged write survives.</summary>
public enum SqliteDurability
{
    /// <summary>The end of the process, the end of the operating system, and the loss of power (as far as the disk keeps what it says it wrote).</summary>
    Full,

    /// <summary>The end of the process, also by <c>kill -9</c>. When the operating system or the power fails, the last moments may be lost; the file stays sound.</summary>
    Normal,
}

/// <summary>Settings of the embedded store.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The database file. Its directory is made if need be; beside it stand <c>-wal</c>, <c>-shm</c> and <c>.lock</c>.</summary>
    public string Path { get; set; } = "carillon.db";

    /// <summary>What an acknowledged write survives.</summary>
    public SqliteDurability Durability { get; set; } = SqliteDurability.Full;

    /// <summary>At most so many connections read at once; writing needs one of its own.</summary>
    public int Readers { get; set; } = 4;

    /// <summary>Read-only views for people who look with SQL (<c>scheduled_jobs</c>, <c>job_executions</c> and others); false removes them.</summary>
    public bool Views { get; set; } = true;

    /// <summary>The file grows to this many bytes and no further; null for as far as the disk reaches.</summary>
    public long? MaxBytes { get; set; }
}
