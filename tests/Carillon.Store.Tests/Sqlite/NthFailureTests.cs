using Carillon.Store.Tests.Failing;
using Xunit.Abstractions;

namespace Carillon.Store.Tests.Sqlite;

[Trait("Category", "Faults")]
public sealed class NthFailureTests(ITestOutputHelper output) : NthFailure(output)
{
    private protected override Task<(IStore Store, Func<ValueTask> CleanUp)> NewStoreAsync()
    {
        var directory = new StoreDirectory();
        return Task.FromResult<(IStore, Func<ValueTask>)>((directory.NewStore(), () =>
        {
            directory.Dispose();
            return ValueTask.CompletedTask;
        }
        ));
    }
}
