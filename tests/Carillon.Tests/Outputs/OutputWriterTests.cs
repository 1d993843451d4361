using Carillon.Outputs;
using Carillon.Store;
using Carillon.Tests.Handlers;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Outputs;

public sealed class OutputWriterTests : IDisposable
{
    private const string Json = """["stdio"]""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("carillon-outputs-");
    private readonly StringWriter _stdio = new() { NewLine = "\n" };
    private readonly HandClock _clock = new();
    private readonly Lines _log = new();

    [Fact]
    public async Task A_record_goes_to_each_output_in_its_format()
    {
        using var writer = Writer();

        await writer.WriteAsync(Ends.Of("""["stdio",{"type":"file","path":"logs/deep/x.log","format":"text"}]"""));

        Assert.StartsWith("{\"at\":", _stdio.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("}\n", _stdio.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("2026-03-01T12:00:01.250Z succeeded", Assert.Single(Read("logs/deep/x.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_without_outputs_writes_nothing()
    {
        using var writer = Writer();

        await writer.WriteAsync([Ends.Of(null), Ends.Of("[]")]);

        Assert.Equal(("", 0), (_stdio.ToString(), writer.Losses.Total));
        Assert.Empty(_directory.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task A_file_is_appended_to_and_rotated_by_size()
    {
        using var writer = Writer();
        var output = """[{"type":"file","path":"x.log","format":"text","maxBytes":4096,"keep":2}]""";
        for (var i = 1; i <= 9; i++)
        {
            await writer.WriteAsync(Ends.Of(output, new Outcome.Dead("error", $"{i} {new string('e', 1100)}")));
        }

        Assert.Equal(["x.log", "x.log.1", "x.log.2"], _directory.EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["7", "8", "9"], Numbers("x.log"));
        Assert.Equal(["4", "5", "6"], Numbers("x.log.1"));
        Assert.Equal(["1", "2", "3"], Numbers("x.log.2"));
    }

    [Fact]
    public async Task The_oldest_file_falls_away()
    {
        using var writer = Writer();
        var output = """[{"type":"file","path":"x.log","format":"text","maxBytes":4096,"keep":1}]""";

        await writer.WriteAsync([.. Enumerable.Range(1, 7).Select(i => Ends.Of(output, new Outcome.Dead("error", $"{i} {new string('e', 1100)}")))]);

        Assert.Equal(["7"], Numbers("x.log"));
        Assert.Equal(["4", "5", "6"], Numbers("x.log.1"));
        Assert.Equal(2, _directory.EnumerateFiles().Count());
    }

    [Fact]
    public async Task With_none_kept_the_file_begins_anew()
    {
        using var writer = Writer();
        var output = """[{"type":"file","path":"x.log","format":"text","maxBytes":4096,"keep":0}]""";

        await writer.WriteAsync([.. Enumerable.Range(1, 4).Select(i => Ends.Of(output, new Outcome.Dead("error", $"{i} {new string('e', 5000)}")))]);

        Assert.Equal(["4"], Numbers("x.log"));
        Assert.Single(_directory.EnumerateFiles());
    }

    [Fact]
    public async Task A_line_that_a_crash_cut_is_not_glued_to_the_next()
    {
        using var writer = Writer();
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "x.log"), "whole\n{\"at\":\"20");

        await writer.WriteAsync(Ends.Of("""[{"type":"file","path":"x.log"}]"""));

        Assert.Equal(["whole", "{\"at\":\"20"], Read("x.log")[..2]);
        Assert.StartsWith("{\"at\":\"2026-", Read("x.log")[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_and_two_writers_on_one_file_mix_no_lines()
    {
        using var one = Writer();
        using var other = Writer();
        var output = """[{"type":"file","path":"x.log"}]""";

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => (i % 2 == 0 ? one : other).WriteAsync(Ends.Of(output)))));

        Assert.Equal(0, one.Losses.Total + other.Losses.Total);
        Assert.Equal(40, Read("x.log").Length);
        Assert.Single(Read("x.log").Distinct());
    }

    [Fact]
    public async Task A_failing_output_is_counted_and_told_once_a_minute_and_the_others_go_on()
    {
        using var writer = Writer();
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "taken"));
        var finish = Ends.Of("""[{"type":"file","path":"taken"},"stdio"]""");
        await writer.WriteAsync(finish);
        await writer.WriteAsync([finish, finish]);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await writer.WriteAsync(finish);

        Assert.Equal((4L, 2), (writer.Losses.Total, _log.Texts.Count));
        Assert.Equal(4, _stdio.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("""["webhook"]""")]
    [InlineData("""[{"type":"file","path":"../x.log"}]""")]
    [InlineData("""[{"type":"file","path":"/x.log"}]""")]
    public async Task A_stored_output_that_cannot_be_used_is_counted_and_told(string output)
    {
        using var writer = Writer();

        await writer.WriteAsync([Ends.Of(output), Ends.Of(Json)]);

        Assert.Equal((1L, 1), (writer.Losses.Total, _log.Texts.Count));
        Assert.NotEqual("", _stdio.ToString());
    }

    [Fact]
    public async Task The_step_takes_without_waiting_and_writes_in_order()
    {
        using var writer = Writer();
        var (step, told) = (new OutputStep(writer, _clock), 0);
        step.Added += () => told++;
        step.Add(Ends.Of(null));
        for (var i = 0; i < 600; i++)
        {
            step.Add(Ends.Of(Json, handler: $"h{i}"));
        }

        Assert.Equal(_clock.GetUtcNow(), await step.RunOnceAsync(CancellationToken.None));
        Assert.Null(await step.RunOnceAsync(CancellationToken.None));

        Assert.Equal(600, told);
        Assert.Equal(Enumerable.Range(0, 600).Select(i => $"h{i}"), _stdio.ToString().Split('\n')[..^1].Select(line => line.Split("\"handler\":\"")[1].Split('"')[0]));
    }

    [Fact]
    public async Task Beyond_ten_thousand_waiting_ones_records_are_dropped_and_counted()
    {
        using var writer = Writer();
        var step = new OutputStep(writer, _clock);
        var finish = Ends.Of(Json);
        for (var i = 0; i < OutputStep.MaxWaiting + 3; i++)
        {
            step.Add(finish);
        }

        Assert.Equal((3L, 1), (writer.Losses.Total, _log.Texts.Count));
        await step.RunOnceAsync(CancellationToken.None);
        step.Add(finish);
        Assert.Equal(3, writer.Losses.Total);
    }

    [Fact]
    public async Task A_blocked_output_lets_the_loop_go_at_shutdown_and_loses_nothing()
    {
        using var stdio = new BlockedWriter();
        using var writer = new OutputWriter(stdio, _clock, new OutputOptions(_directory.FullName), _log);
        using var stop = new CancellationTokenSource();
        var step = new OutputStep(writer, _clock);
        step.Add(Ends.Of(Json));
        var running = step.RunOnceAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        step.Add(Ends.Of(Json));

        stdio.Open.SetResult();
        await step.RunOnceAsync(CancellationToken.None);

        Assert.Equal((2, 0L), (stdio.Count, writer.Losses.Total));
    }

    public void Dispose()
    {
        _stdio.Dispose();
        _directory.Delete(recursive: true);
    }

    private OutputWriter Writer() => new(_stdio, _clock, new OutputOptions(_directory.FullName), _log);

    private string[] Read(string path) => File.ReadAllLines(Path.Combine(_directory.FullName, path));

    private string[] Numbers(string path) => [.. Read(path).Select(line => line.Split("error=")[1].Split(' ')[0])];

    private sealed class BlockedWriter : StringWriter
    {
        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count { get; private set; }

        public override async Task WriteLineAsync(string? value)
        {
            await Open.Task;
            Count++;
        }
    }

    private sealed class Lines : ILogger<OutputWriter>
    {
        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Add(formatter(state, exception));
    }
}
