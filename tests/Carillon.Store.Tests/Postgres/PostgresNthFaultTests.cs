using Carillon.Store.Tests.Failing;
using Xunit.Abstractions;

namespace Carillon.Store.Tests.Postgres;

[Trait("Category", "Faults")]
public sealed class PostgresNthFaultTests(ITestOutputHelper output) : NthFailure(output)
{
    private protected override async Task<(IStore Store, Func<ValueTask> CleanUp)> NewStoreAsync()
    {
        var schema = new PostgresSchema();
        return (await schema.NewStoreAsync(), schema.DisposeAsync);
    }
}
