using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Outputs;

/// <summary>Where files may stand.</summary>
/// <param name="BaseDirectory">Relative paths begin here.</param>
/// <param name="AllowAbsolutePaths">Schedules may also name files anywhere else.</param>
internal sealed record OutputOptions(string BaseDirectory, bool AllowAbsolutePaths = false);

/// <summary>
/// Writes ends of attempts to the outputs of their jobs. An output that fails fails no job: it is counted and told. A file is written by one
/// writer at a time, in this process and among Carillon's processes on this machine.
/// </summary>
internal sealed class OutputWriter(TextWriter stdio, TimeProvider clock, OutputOptions options, ILogger<OutputWriter> logger) : IDisposable
{
    private const int MaxCached = 1_000;

    private readonly Dictionary<string, IReadOnlyList<OutputSpec>> _specs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>What could not be written.</summary>
    public OutputLosses Losses { get; } = new(clock, logger);

    /// <summary>Writes the record of one end. Never throws because of an output.</summary>
    public Task WriteAsync(Finish finish) => WriteAsync([finish]);

    /// <summary>Writes the records of many ends, in their order, each file opened once. Never throws because of an output.</summary>
    public async Task WriteAsync(IReadOnlyList<Finish> finishes)
    {
        await _turn.WaitAsync();
        try
        {
            foreach (var group in finishes.SelectMany(LinesOf).GroupBy(line => line.Path, StringComparer.Ordinal))
            {
                await WriteAsync(group.Key, group.First().Spec, [.. group.Select(line => line.Text)]);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    // The path is empty for stdio. Where two schedules name one file with different sizes, it is one file all the same.
    private IReadOnlyList<(string Path, OutputSpec Spec, string Text)> LinesOf(Finish finish)
    {
        try
        {
            return [.. SpecsOf(finish.Job).Select(spec => (PathOf(spec), spec, OutputRecord.Format(finish, spec.Format)))];
        }
        catch (Exception error)
        {
            Losses.Add(1, "unreadable", $"the outputs of '{finish.Job.Schedule ?? finish.Job.Handler}'", $"the record of job {finish.Job.Id} cannot be made: {error.Message}");
            return [];
        }
    }

    private string PathOf(OutputSpec spec) => spec.Path is null ? "" : OutputPath.Resolve(options.BaseDirectory, spec.Path);

    private IReadOnlyList<OutputSpec> SpecsOf(Job job)
    {
        if (job.Output is null)
        {
            return [];
        }

        if (_specs.TryGetValue(job.Output, out var known))
        {
            return known;
        }

        if (!OutputSpec.TryParse(job.Output, out var specs, out var faults, options.AllowAbsolutePaths))
        {
            throw new InvalidRequestException(faults);
        }

        if (_specs.Count >= MaxCached)
        {
            _specs.Clear();
        }

        return _specs[job.Output] = specs;
    }

    private async Task WriteAsync(string path, OutputSpec spec, IReadOnlyList<string> lines)
    {
        try
        {
            await (path.Length == 0 ? WriteStdioAsync(lines) : new RotatingFile(path, spec.MaxBytes, spec.Keep).AppendAsync(lines));
        }
        catch (Exception error)
        {
            Losses.Add(lines.Count, "failed", path.Length == 0 ? "stdio" : path, error.Message);
        }
    }

    private async Task WriteStdioAsync(IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            await stdio.WriteLineAsync(line);
        }

        await stdio.FlushAsync();
    }
}
