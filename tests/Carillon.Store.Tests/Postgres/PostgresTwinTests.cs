using Carillon.Store.Memory;
using Carillon.Store.Tests.Sqlite;

namespace Carillon.Store.Tests.Postgres;

/// <summary>Random histories: what the lanes, the parking and the statements over many rows must not show.</summary>
public sealed class PostgresTwinTests
{
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_random_history_has_the_same_answers_as_in_memory(int seed)
    {
        await using var schema = new PostgresSchema();
        await using var memory = new MemoryStore();
        await using var postgres = await schema.OpenAsync();

        await new TwinStores(memory, postgres, seed).RunAsync(steps: 400);
    }

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, Environment.GetEnvironmentVariable("CARILLON_LONG") == "1" ? 30 : 8)];
}
