using System.Text.Json;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Serving;

/// <summary>That the measurement measures; how large a figure is, no test says.</summary>
public sealed class BenchTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_time_from_a_processs_start_to_its_first_job_is_measured_and_nothing_is_left_behind()
    {
        await using var bench = ServerProcess.Launch(new ServerStart("Carillon.Server", ["bench", "--only", "start", "--json", "--directory", _directory.Root]));
        Assert.Equal(0, await bench.ExitAsync());

        using var report = JsonDocument.Parse(bench.Output.Text);
        var figures = report.RootElement.GetProperty("results").EnumerateArray().Select(figure => figure.GetProperty("value").GetDouble()).ToList();
        Assert.Equal(2, figures.Count);
        Assert.All(figures, figure => Assert.True(figure > 0));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Root));
    }
}
