namespace Carillon.Store.Tests.Postgres;

public sealed class PostgresStoreTests : StoreContract
{
    private readonly PostgresSchema _schema = new();

    private protected override async Task<IStore> CreateStoreAsync() => await _schema.OpenAsync();

    private protected override async Task CleanUpAsync() => await _schema.DisposeAsync();
}
