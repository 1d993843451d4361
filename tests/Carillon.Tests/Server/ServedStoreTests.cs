using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Tests.Server;

public sealed class ServedStoreTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_store_is_backed_up_while_it_is_served_and_restored_when_it_is_not()
    {
        var (store, backup) = ($"sqlite:{_directory.PathOf("a.db")}", _directory.PathOf("backup/a.db"));
        await using (var server = await TestServer.StartAsync("--store", store))
        {
            await server.RunAsync("job", "enqueue", "heartbeat", "--unique", "kept", "--delay", "1h");
            Assert.Equal(Exit.Ok, (await CommandLineTests.RunAsync("db", "backup", backup, "--store", store)).ExitCode);
            await server.RunAsync("job", "enqueue", "heartbeat", "--unique", "lost", "--delay", "1h");
            Assert.Equal(Exit.Configuration, (await CommandLineTests.RunAsync("db", "restore", backup, "--store", store)).ExitCode);
        }

        var restored = await CommandLineTests.RunAsync("db", "restore", backup, "--store", store);
        await using var again = await TestServer.StartAsync("--store", store);
        var jobs = await again.RunAsync("job", "list", "--json");

        Assert.Equal(Exit.Ok, restored.ExitCode);
        Assert.Contains("kept", jobs.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("lost", jobs.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_goes_down_and_up_again()
    {
        var store = $"sqlite:{_directory.PathOf("a.db")}";
        var up = await CommandLineTests.RunAsync("db", "upgrade", "--store", store);

        var down = await CommandLineTests.RunAsync("db", "downgrade", "--to", "0", "--store", store);
        var again = await CommandLineTests.RunAsync("db", "upgrade", "--store", store, "--json");

        Assert.Equal((Exit.Ok, Exit.Ok, Exit.Ok), (up.ExitCode, down.ExitCode, again.ExitCode));
        using var document = JsonDocument.Parse(again.Output);
        Assert.Equal(0, document.RootElement.GetProperty("from").GetInt32());
        Assert.True(document.RootElement.GetProperty("to").GetInt32() > 0);
    }
}
