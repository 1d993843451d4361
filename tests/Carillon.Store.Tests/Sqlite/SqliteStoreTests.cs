namespace Carillon.Store.Tests.Sqlite;

public sealed class SqliteStoreTests : StoreContract, IDisposable
{
    private readonly StoreDirectory _directory = new();

    private protected override async Task<IStore> CreateStoreAsync() => await _directory.OpenAsync();

    public void Dispose() => _directory.Dispose();
}
