using Carillon.Store.Memory;

namespace Carillon.Store.Tests;

public sealed class MemoryStoreTests : StoreContract
{
    private protected override async Task<IStore> CreateStoreAsync()
    {
        var store = new MemoryStore();
        await store.UpgradeSchemaAsync(CancellationToken.None);
        return store;
    }
}
