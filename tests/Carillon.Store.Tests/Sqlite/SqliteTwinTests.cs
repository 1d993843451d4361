using Carillon.Store.Memory;

namespace Carillon.Store.Tests.Sqlite;

/// <summary>Random histories: what the board, the lanes and the parking do must not show.</summary>
public sealed class SqliteTwinTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_random_history_has_the_same_answers_as_in_memory(int seed)
    {
        await using var memory = new MemoryStore();
        await using var sqlite = await _directory.OpenAsync(options => options.Durability = Carillon.Sqlite.SqliteDurability.Normal);

        await new TwinStores(memory, sqlite, seed).RunAsync(steps: 400);
    }

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 40)];
}
