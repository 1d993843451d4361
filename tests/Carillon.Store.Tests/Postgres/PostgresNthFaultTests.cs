using Carillon.Store.Tests.Failing;
using Xunit.Abstractions;

namespace Carillon.Store.Tests.Postgres;

[Trait("Category", "Faults")]
public sealed class PostgresNthFaultTests(ITestOutputHelper output) : NthFailure(output)
{
    private PostgresSchema _schema = new();

    private protected override async Task<IStore> NewStoreAsync()
    {
        _schema = new PostgresSchema();
        return await _schema.NewStoreAsync();
    }

    private protected override async Task CleanUpAsync() => await _schema.DisposeAsync();
}
