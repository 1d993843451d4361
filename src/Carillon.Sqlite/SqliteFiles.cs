using System.Globalization;
using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>What can be done to a store's file while no store has it open.</summary>
internal static class SqliteFiles
{
    private static readonly string[] Parts = ["-wal", "-shm", ""];

    /// <summary>
    /// Puts a backup in the place of the file. The backup is copied and checked whole first; only then the old file is set aside, as
    /// <c>FILE.before-restore</c> (with its <c>-wal</c>, where its last changes may stand), or as <c>FILE.before-restore-2</c> and so on where an
    /// earlier one is kept. Says where it went; null when there was none.
    /// </summary>
    public static Task<string?> RestoreAsync(string backupPath, SqliteStoreOptions options, CancellationToken cancellationToken) =>
        Task.Run(() => Restore(Path.GetFullPath(backupPath), options, cancellationToken), cancellationToken);

    /// <summary>Takes the schema down to a version, for an older program; 0 leaves an empty file. Says what of the data was lost.</summary>
    public static Task<DowngradeLoss> DowngradeAsync(SqliteStoreOptions options, int version, CancellationToken cancellationToken) =>
        Task.Run(() => Downgrade(options, version), cancellationToken);

    /// <summary>SQLite's whole check of the file: what it finds first, or null for a sound one. Reads every page.</summary>
    public static Task<string?> FindFaultAsync(SqliteStoreOptions options, CancellationToken cancellationToken) => Task.Run(() =>
    {
        using var file = new StoreFile(options, mustExist: true);
        return CheckWhole(file.Path);
    }, cancellationToken);

    /// <summary>Copies the database as it stands into a new file, checks the copy whole, and only then gives it its name.</summary>
    public static void Backup(Database source, string path)
    {
        if (File.Exists(path))
        {
            throw new StoreUnavailableException($"{path} exists already; a backup does not overwrite. Give another name, or remove it.");
        }

        var partial = path + ".partial";
        File.Delete(partial);
        StoreFile.MakePrivate(partial);
        using (var target = Database.Open(partial))
        {
            source.CopyTo(target);

            // One file that stands alone: no WAL belongs to it.
            target.Execute("pragma journal_mode = delete;");
        }

        if (CheckWhole(partial) is { } fault)
        {
            throw Failure.Damaged(source.Path, $"its copy {partial} shows: {fault}");
        }

        File.Move(partial, path);
    }

    private static string? Restore(string backupPath, SqliteStoreOptions options, CancellationToken cancellationToken)
    {
        if (!File.Exists(backupPath))
        {
            throw new StoreUnavailableException($"{backupPath} does not exist. Give the path of a file written by 'carillon db backup'.");
        }

        using var fileLock = StoreFile.Lock(options, out var path);
        var restoring = path + ".restoring";
        File.Delete(restoring);
        StoreFile.MakePrivate(restoring);
        Copy(backupPath, restoring);
        StoreFile.CheckHeader(restoring);
        if (CheckWhole(restoring) is { } fault)
        {
            throw Failure.Damaged(backupPath, fault);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var aside = SetAside(path);
        File.Move(restoring, path);
        return aside;
    }

    private static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read);
        using var target = new FileStream(to, FileMode.Truncate, FileAccess.Write, FileShare.None);
        source.CopyTo(target);
        target.Flush(flushToDisk: true);
    }

    private static string? SetAside(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var aside = FreeName(path + ".before-restore");
        foreach (var suffix in Parts)
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, aside + suffix);
            }
        }

        return aside;
    }

    // Never over an earlier one: the first holds what was there before a wrong backup was restored.
    private static string FreeName(string wanted)
    {
        var name = wanted;
        for (var number = 2; Array.Exists(Parts, suffix => File.Exists(name + suffix)); number++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{wanted}-{number}");
        }

        return name;
    }

    private static DowngradeLoss Downgrade(SqliteStoreOptions options, int version)
    {
        using var file = new StoreFile(options, mustExist: true);
        using var database = Database.Open(file.Path);
        return SchemaUpgrade.Downgrade(database, version);
    }

    private static string? CheckWhole(string path)
    {
        using var database = Database.Open(path);
        return StoreFile.FindFault(database, "integrity_check");
    }
}
