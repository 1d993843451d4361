using Carillon.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Store.Tests.Sqlite;

/// <summary>A directory of its own for the files of one test.</summary>
internal sealed class StoreDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("carillon-");

    public string DatabasePath => PathOf("carillon.db");

    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>A store on the file, not opened yet.</summary>
    public SqliteStore NewStore(Action<SqliteStoreOptions>? configure = null)
    {
        var options = new SqliteStoreOptions { Path = DatabasePath };
        configure?.Invoke(options);
        return new SqliteStore(options, NullLogger<SqliteStore>.Instance);
    }

    public async Task<SqliteStore> OpenAsync(Action<SqliteStoreOptions>? configure = null)
    {
        var store = NewStore(configure);
        await store.UpgradeSchemaAsync(CancellationToken.None);
        return store;
    }

    /// <summary>Jobs with ids and arguments of their own.</summary>
    public static IEnumerable<NewJob> NewJobs(int count)
    {
        var ids = new JobIds(TimeProvider.System, new Chance());
        return Enumerable.Range(0, count).Select(number => new NewJob
        {
            Id = ids.Next(),
            Handler = "work",
            Args = System.Text.Encoding.UTF8.GetBytes($$"""{"number":{{number}}}"""),
        });
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
