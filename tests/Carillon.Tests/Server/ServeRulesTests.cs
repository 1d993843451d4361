using System.Text.Json;
using Carillon.Server.Serving;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Server;

public sealed class ServeRulesTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8000", true)]
    [InlineData("http://localhost:8000/", true)]
    [InlineData("http://[::1]:8000", true)]
    [InlineData("http://127.3.2.1:1", true)]
    [InlineData("http://0.0.0.0:8000", false)]
    [InlineData("http://[::]:8000", false)]
    [InlineData("http://*:8000", false)]
    [InlineData("http://+:8000", false)]
    [InlineData("https://10.0.0.5", false)]
    [InlineData("http://localhost.example.org", false)]
    [InlineData("http://127.0.0.1.nip.io:8000", false)]
    public void Only_loopback_addresses_count_as_local(string address, bool isLoopback)
    {
        List<string> faults = [];

        var parsed = Assert.Single(ListenAddress.ParseAll([address], faults));

        Assert.Empty(faults);
        Assert.Equal(isLoopback, parsed.IsLoopback);
    }

    [Theory]
    [InlineData("8000")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://127.0.0.1:8000/path")]
    [InlineData("http://")]
    public void What_is_no_address_is_a_fault_that_names_it(string address)
    {
        List<string> faults = [];

        Assert.Empty(ListenAddress.ParseAll([address], faults));
        Assert.Contains(address, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlite:./a.db", "./a.db", null)]
    [InlineData("memory", null, null)]
    [InlineData("a.db", null, "Did you mean sqlite:a.db?")]
    [InlineData("sqlite:", null, "must be sqlite:PATH")]
    [InlineData("postgres://me@host/app?schema=clock", null, null)]
    [InlineData("postgres://", null, "write postgres://USER@HOST:5432/DATABASE")]
    [InlineData("postgres://me:secret@host/app?sslmod=x", null, "sslmod")]
    [InlineData("mysql://x", null, "must be sqlite:PATH")]
    public void A_store_is_a_file_or_memory(string text, string? path, string? expected)
    {
        var choice = StoreChoice.Parse(text, out var fault);

        Assert.Equal(path, choice?.Path);
        Assert.Equal(expected is null, fault is null);
        Assert.Contains(expected ?? "", fault ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_record_is_one_line_whatever_it_holds()
    {
        var record = new LogRecord(LogLevel.Warning, "Carillon.Engine.Worker", 7, "job 'a\n2026 forged' failed", [new("Job", "a\nb"), new("{OriginalFormat}", "x")], new InvalidOperationException("it\nbroke"));

        var text = record.ToText(DateTimeOffset.UnixEpoch);
        var json = record.ToJson(DateTimeOffset.UnixEpoch);

        Assert.StartsWith(@"1970-01-01T00:00:00.000Z warn  Worker: job 'a\n2026 forged' failed | System.InvalidOperationException: it\nbroke", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text + json);
        using var document = JsonDocument.Parse(json);
        Assert.Equal("a\nb", document.RootElement.GetProperty("job").GetString());
        Assert.Equal("warn", document.RootElement.GetProperty("level").GetString());
        Assert.False(document.RootElement.TryGetProperty("{OriginalFormat}", out _));
    }
}
