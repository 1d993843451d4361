using System.Reflection;
using System.Runtime.InteropServices;
using Carillon.Sqlite.Native;

// Never the current directory; the bundled library is found beside the program through its deps.json.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Carillon.Sqlite;

/// <summary>
/// Chooses the native SQLite: the system's where it is at least as new as the bundled one, for it gets the distribution's fixes;
/// else the bundled one. The choice binds this assembly only, so other users of SQLite in the process keep theirs.
/// </summary>
internal static class SqliteLibrary
{
    /// <summary>The name in the import table; also the bundled library's file name.</summary>
    public const string Name = "e_sqlite3";

    private const int BundledVersion = 3_035_005;

    // A process has one import table, so this is the one lazily made static of the store.
    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>Loads it once; later calls only say which version it is, such as <c>3.40.1</c>.</summary>
    public static string Use() => Loaded.Value;

    private static string Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SqliteLibrary).Assembly, Resolve);
        var version = Sqlite3.LibraryVersionNumber();
        return version >= BundledVersion
            ? $"{version / 1_000_000}.{version / 1000 % 1000}.{version % 1000}"
            : throw new Store.StoreUnavailableException($"The SQLite library found is version {version}; Carillon needs at least {BundledVersion} (3.35.5).");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name != Name ? 0 : FindSystem(assembly) is var found and not 0 ? found : NativeLibrary.Load(name, assembly, path);

    private static nint FindSystem(Assembly assembly)
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libsqlite3.so.0", assembly, DllImportSearchPath.SafeDirectories, out var library))
        {
            return 0;
        }

        if (IsUsable(library))
        {
            return library;
        }

        NativeLibrary.Free(library);
        return 0;
    }

    private static unsafe bool IsUsable(nint library) =>
        NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var version)
        && NativeLibrary.TryGetExport(library, "sqlite3_threadsafe", out var isThreadSafe)
        && ((delegate* unmanaged<int>)version)() >= BundledVersion
        && ((delegate* unmanaged<int>)isThreadSafe)() != 0;
}
