using System.Buffers.Binary;
using System.Globalization;
using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>The database file: whose it is, whether it is sound, and how connections to it are set up. Nothing is written before it is known to be ours.</summary>
internal sealed class StoreFile : IDisposable
{
    /// <summary>"CaRL": so that <c>file</c> and we recognise it.</summary>
    private const int ApplicationId = 0x4361524C;

    private const int PageSize = 8192;
    private const int HeaderLength = 100;

    // A file left behind by a kill is checked whole where that takes no longer than opening it (about 10 ms for 16 MB).
    private const long LargestCheckedWhole = 16 << 20;
    private readonly SqliteStoreOptions _options;
    private readonly FileLock _lock;

    /// <summary>Locks the file and looks at it; makes its directory if need be.</summary>
    public StoreFile(SqliteStoreOptions options)
    {
        (Path, _options) = (System.IO.Path.GetFullPath(options.Path), options);
        MakeDirectory(Path);
        RefuseNetwork(Path);
        _lock = FileLock.TryTake(Path) ?? throw new StoreUnavailableException(
            $"{Path} is in use by another Carillon{NameHolder(Path)}. One process at a time has the file: stop that one, or give this one a file of its own.");
        try
        {
            CheckHeader(Path);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>The writing connection, with the schema up to date.</summary>
    public Database OpenWriter()
    {
        var isNew = new FileInfo(Path) is not { Exists: true, Length: > 0 };
        var wasKilled = new FileInfo(Path + "-wal") is { Exists: true, Length: > 0 };
        var database = Database.Open(Path, create: true);
        try
        {
            Prepare(database, isNew, wasKilled);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public Database OpenReader()
    {
        var database = Database.Open(Path, create: false);
        database.Execute("pragma busy_timeout = 5000; pragma temp_store = memory; pragma query_only = on; pragma cache_size = -8192;");
        return database;
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Refuses what is no sound database of ours, by the file's own first bytes: SQLite is not let near it.</summary>
    public static void CheckHeader(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0)
        {
            return;
        }

        var header = new byte[HeaderLength];
        using (var stream = OpenToRead(path))
        {
            if (stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || !header.AsSpan(0, 16).SequenceEqual("SQLite format 3\0"u8))
            {
                throw Failure.Damaged(path, "its first bytes are not those of SQLite");
            }
        }

        if (BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(68)) is var id and not ApplicationId)
        {
            throw new StoreUnavailableException($"{path} is an SQLite database, but not one of Carillon (application_id {id}). Give another file name.");
        }
    }

    private static FileStream OpenToRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StoreUnavailableException($"{path} cannot be read. Give this user access to the file.", exception);
        }
    }

    private void Prepare(Database database, bool isNew, bool wasKilled)
    {
        database.Execute("pragma busy_timeout = 5000; pragma temp_store = memory; pragma cell_size_check = on; pragma trusted_schema = off; pragma cache_size = -65536;");
        if (isNew)
        {
            // Before it is in WAL mode, so that the first page says whose it is even if the WAL is lost.
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"pragma page_size = {PageSize}; pragma application_id = {ApplicationId};"));
        }

        database.Execute($"pragma synchronous = {(_options.Durability == SqliteDurability.Full ? "full" : "normal")};");
        if (_options.MaxBytes is { } bytes)
        {
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"pragma max_page_count = {Math.Max(1, bytes / PageSize)};"));
        }

        database.Execute("pragma journal_mode = wal; pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864;");
        CheckPages(database, wasKilled);
        SchemaUpgrade.Upgrade(database);
        Sign(database);
    }

    private static void CheckPages(Database database, bool wasKilled)
    {
        if (wasKilled && new FileInfo(database.Path).Length <= LargestCheckedWhole && FindFault(database, "quick_check") is { } fault)
        {
            throw Failure.Damaged(database.Path, fault);
        }
    }

    /// <summary>What SQLite's own check (<c>quick_check</c>, <c>integrity_check</c>) finds first; null for a sound file.</summary>
    public static string? FindFault(Database database, string check)
    {
        using var row = database.Prepare($"pragma {check}(1)");
        return row.Read() && row.Text(0) is var finding and not "ok" ? finding : null;
    }

    // Leases of before are void, for their process is gone: the lock proves it.
    private static void Sign(Database database)
    {
        database.Execute("begin immediate; delete from lease;");
        using (var row = database.Prepare("insert or replace into meta (name, value) values ('holder', ?1)"))
        {
            row.Set(1, $"process {Environment.ProcessId} on {Environment.MachineName}").Run();
        }

        database.Execute("commit");
    }

    // A look into a file that another process has is what WAL is made for; whatever goes wrong with it only shortens the message.
    private static string NameHolder(string path)
    {
        try
        {
            using var database = Database.Open(path, create: false);
            database.Execute("pragma query_only = on;");
            using var row = database.Prepare("select value from meta where name = 'holder'");
            return row.Read() ? $" ({row.Text(0)})" : "";
        }
        catch (Exception exception) when (exception is StoreUnavailableException or InvalidOperationException)
        {
            return "";
        }
    }

    private static void MakeDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new StoreUnavailableException($"The directory of {path} cannot be made: {exception.Message} Make it, and give this user write access.", exception);
        }
    }

    // WAL needs memory that all connections share, and locks that hold; a network file system promises neither.
    private static void RefuseNetwork(string path)
    {
        var format = new DriveInfo(System.IO.Path.GetDirectoryName(path)!).DriveFormat;
        if (format is "nfs" or "nfs4" or "cifs" or "smb" or "smb2" or "smb3" or "smbfs" or "afs" or "fuse.sshfs" or "lustre" or "ceph" or "glusterfs")
        {
            throw new StoreUnavailableException($"{path} lies on a network file system ({format}), where SQLite cannot keep the file sound. Move it to a local disk.");
        }
    }
}
