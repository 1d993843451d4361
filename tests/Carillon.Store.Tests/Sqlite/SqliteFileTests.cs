using Carillon.Sqlite;
using Microsoft.Extensions.Logging;

namespace Carillon.Store.Tests.Sqlite;

/// <summary>Whose the file is, and what happens when it is not sound.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_second_store_on_the_file_is_refused_and_told_who_has_it()
    {
        await using var first = await _directory.OpenAsync();
        await using var second = _directory.NewStore();

        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => second.UpgradeSchemaAsync(Stop));

        Assert.Contains(_directory.DatabasePath, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_open_is_not_told_as_opened_again()
    {
        var log = new LineCount();
        await using var store = new SqliteStore(new SqliteStoreOptions { Path = _directory.DatabasePath }, log);

        await store.UpgradeSchemaAsync(Stop);
        await store.UpgradeSchemaAsync(Stop);

        Assert.Equal(1, log.Count);
    }

    [Fact]
    public async Task A_second_store_by_another_name_of_the_file_is_refused()
    {
        await using var first = await _directory.OpenAsync();
        File.CreateSymbolicLink(_directory.PathOf("link.db"), _directory.DatabasePath);
        await using var second = _directory.NewStore(options => options.Path = _directory.PathOf("link.db"));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => second.UpgradeSchemaAsync(Stop));
    }

    [Fact]
    public async Task A_closed_store_frees_the_file_and_leaves_one_file_behind()
    {
        await (await _directory.OpenAsync()).DisposeAsync();

        Assert.False(File.Exists(_directory.DatabasePath + "-wal"));
        await using var second = await _directory.OpenAsync();
    }

    [Fact]
    public async Task A_directory_that_does_not_exist_is_made()
    {
        await using var store = await _directory.OpenAsync(options => options.Path = _directory.PathOf("a/b/c.db"));

        Assert.True(File.Exists(_directory.PathOf("a/b/c.db")));
    }

    [Fact]
    public async Task Only_its_user_may_read_the_file()
    {
        await using var store = await _directory.OpenAsync();

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(_directory.DatabasePath) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_not_touched()
    {
        var text = string.Concat(Enumerable.Repeat("Dear diary, ", 100));
        await File.WriteAllTextAsync(_directory.DatabasePath, text, Stop);

        var refusal = await RefusalAsync();

        Assert.Contains(_directory.DatabasePath, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(_directory.DatabasePath, Stop));
    }

    [Fact]
    public async Task A_file_that_is_cut_off_is_refused_and_not_touched()
    {
        await FillAsync(500);
        var bytes = (await File.ReadAllBytesAsync(_directory.DatabasePath, Stop))[..^20_000];
        await File.WriteAllBytesAsync(_directory.DatabasePath, bytes, Stop);

        await RefusalAsync();

        Assert.Equal(bytes, await File.ReadAllBytesAsync(_directory.DatabasePath, Stop));
    }

    [Fact]
    public async Task A_file_with_an_overwritten_page_is_refused_and_not_touched()
    {
        await FillAsync(500);
        var bytes = await File.ReadAllBytesAsync(_directory.DatabasePath, Stop);
        bytes.AsSpan(3 * 8192, 8192).Fill(0xA5);
        await File.WriteAllBytesAsync(_directory.DatabasePath, bytes, Stop);

        await RefusalAsync();

        Assert.Equal(bytes, await File.ReadAllBytesAsync(_directory.DatabasePath, Stop));
    }

    [Fact]
    public async Task Another_programs_database_is_refused()
    {
        await FillAsync(1);
        var bytes = await File.ReadAllBytesAsync(_directory.DatabasePath, Stop);
        bytes[68] ^= 0xFF;
        await File.WriteAllBytesAsync(_directory.DatabasePath, bytes, Stop);

        Assert.Contains("not one of Carillon", (await RefusalAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_a_directory_is_refused()
    {
        await using var store = _directory.NewStore(options => options.Path = _directory.PathOf("."));

        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.UpgradeSchemaAsync(Stop));

        Assert.Contains("is a directory", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_not_open_says_so()
    {
        await using var store = _directory.NewStore();

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.GetAsync(Guid.Empty, Stop));
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        var store = await _directory.OpenAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.GetAsync(Guid.Empty, Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.ReclaimAsync(Noon, Stop));
    }

    private async Task<StoreUnavailableException> RefusalAsync()
    {
        await using var store = _directory.NewStore();
        return await Assert.ThrowsAsync<StoreUnavailableException>(() => store.UpgradeSchemaAsync(Stop));
    }

    private async Task FillAsync(int jobs)
    {
        await using var store = await _directory.OpenAsync();
        await store.EnqueueAsync([.. StoreDirectory.NewJobs(jobs)], null, Noon, Stop);
    }

    private sealed class LineCount : ILogger<SqliteStore>
    {
        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Count++;
    }
}
