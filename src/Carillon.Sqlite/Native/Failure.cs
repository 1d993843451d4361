using Carillon.Store;

namespace Carillon.Sqlite.Native;

/// <summary>SQLite's result codes as exceptions that say what to do.</summary>
internal static class Failure
{
    private const int Busy = 5, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    /// <summary>A code of the storage is <see cref="StoreUnavailableException"/>; any other is a fault of ours.</summary>
    public static Exception Of(int code, string message, string path) => (code & 0xff) switch
    {
        Full => new StoreUnavailableException($"No space is left for {path} ({message}). Free space on its disk; the store then goes on by itself.") { IsFull = true },
        Corrupt or NotADatabase => Damaged(path, message),
        Busy => new StoreUnavailableException($"{path} is locked by another program ({message}). Close what else writes to it."),
        ReadOnly => new StoreUnavailableException($"{path} cannot be written ({message}). Give this user write access to the file and its directory."),
        CannotOpen => new StoreUnavailableException($"{path} cannot be opened ({message}). Check that its directory exists and that this user may read and write there."),
        IoError => new StoreUnavailableException($"The disk failed while {path} was used ({message}, code {code}). Check the disk and its file system."),
        _ => new InvalidOperationException($"SQLite refused a statement on {path}: {message} (code {code}). This is a fault in Carillon; please report it."),
    };

    /// <summary>The file is no sound database.</summary>
    public static StoreUnavailableException Damaged(string path, string finding) => new(
        $"{path} is damaged or is no SQLite database ({finding}). Nothing was changed. Restore a backup with 'carillon db restore', or move the file away to begin with an empty store.");
}
