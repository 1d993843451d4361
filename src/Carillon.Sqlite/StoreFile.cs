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

    // A file up to this size is checked whole when it is opened (about 10 ms); a larger one page by page as it is read, and by 'carillon doctor'.
    private const long LargestCheckedWhole = 16 << 20;
    private readonly SqliteStoreOptions _options;
    private readonly FileLock _lock;

    /// <summary>Locks the file and looks at it.</summary>
    public StoreFile(SqliteStoreOptions options, bool mustExist = false)
    {
        _lock = Lock(options, out var path);
        (_options, Path) = (options, path);
        try
        {
            if (mustExist && !File.Exists(path))
            {
                throw new StoreUnavailableException($"{path} does not exist. Give the path of a Carillon database.");
            }

            CheckHeader(path);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>Takes the lock of a file that may or may not exist; makes its directory if need be.</summary>
    public static FileLock Lock(SqliteStoreOptions options, out string path)
    {
        path = Resolve(options.Path);
        if (Directory.Exists(path))
        {
            throw new StoreUnavailableException($"{path} is a directory. Give the path of a file in it, such as {System.IO.Path.Combine(path, "carillon.db")}.");
        }

        MakeDirectory(path);
        RefuseNetwork(path);
        return FileLock.TryTake(path) ?? throw new StoreUnavailableException(
            $"{path} is in use by another Carillon{NameHolder(path)}. One process at a time has the file: stop that one, or give this one a file of its own.");
    }

    /// <summary>The writing connection, with the schema up to date.</summary>
    public Database OpenWriter()
    {
        var isNew = new FileInfo(Path) is not { Exists: true, Length: > 0 };
        if (isNew)
        {
            MakePrivate(Path);
        }

        var database = Database.Open(Path);
        try
        {
            Prepare(database, isNew);
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
        var database = Database.Open(Path);
        database.Execute("pragma busy_timeout = 5000; pragma temp_store = memory; pragma query_only = on; pragma cache_size = -8192;");
        return database;
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Refuses what is no sound database of ours, by the file's own first bytes: SQLite is not let near it.</summary>
    public static void CheckHeader(string path)
    {
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
        if (length == 0)
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

        // Pages that the WAL holds may be missing here; without a WAL all must be.
        var expected = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(28)) * (long)BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16));
        if (length < expected && new FileInfo(path + "-wal") is not { Exists: true, Length: > 0 })
        {
            throw Failure.Damaged(path, $"it is cut off: {length} of {expected} bytes");
        }
    }

    /// <summary>An empty file that only this user may read: arguments of jobs may hold secrets. SQLite gives <c>-wal</c> and <c>-shm</c> the same rights.</summary>
    public static void MakePrivate(string path)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(path, options).Dispose();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new StoreUnavailableException($"{path} cannot be made: {exception.Message} Give this user write access to its directory.", exception);
        }
    }

    // By its final name: two names of one file must meet in one lock.
    private static string Resolve(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        return File.Exists(full) ? new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full : full;
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

    private void Prepare(Database database, bool isNew)
    {
        database.Execute("pragma busy_timeout = 5000; pragma temp_store = memory; pragma cell_size_check = on; pragma trusted_schema = off; pragma cache_size = -65536; pragma secure_delete = off;");
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
        CheckPages(database);
        SchemaUpgrade.Upgrade(database);
        SqlViews.Set(database, _options.Views);
        Sign(database);
    }

    private static void CheckPages(Database database)
    {
        if (new FileInfo(database.Path).Length <= LargestCheckedWhole && FindFault(database, "quick_check") is { } fault)
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
            using var database = Database.Open(path);
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
