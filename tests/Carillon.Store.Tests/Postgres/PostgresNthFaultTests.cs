using Carillon.Store.Tests.Failing;
using Xunit.Abstractions;

namespace Carillon.Store.Tests.Postgres;

[Trait("Category", "Faults")]
public sealed class PostgresNthFaultTests(ITestOutputHelper output) : NthFailure(output)
{
    // A run costs a second of the processors: in the long run each call in each mode, else each call in one of the three.
    private protected override int Stride => Environment.GetEnvironmentVariable("CARILLON_LONG") == "1" ? 1 : 3;

    private protected override async Task<(IStore Store, Func<ValueTask> CleanUp)> NewStoreAsync()
    {
        var schema = new PostgresSchema();
        return (await schema.NewStoreAsync(), schema.DisposeAsync);
    }
}
