using Carillon.Store.Tests.Failing;
using Xunit.Abstractions;

namespace Carillon.Store.Tests.Sqlite;

[Trait("Category", "Faults")]
public sealed class NthFailureTests(ITestOutputHelper output) : NthFailure(output)
{
    private StoreDirectory? _directory;

    private protected override Task<IStore> NewStoreAsync()
    {
        _directory = new StoreDirectory();
        return Task.FromResult<IStore>(_directory.NewStore());
    }

    private protected override Task CleanUpAsync()
    {
        _directory?.Dispose();
        return Task.CompletedTask;
    }
}
