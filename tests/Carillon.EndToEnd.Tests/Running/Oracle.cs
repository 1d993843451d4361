using System.Diagnostics;
using System.Globalization;

namespace Carillon.EndToEnd.Tests.Running;

/// <summary>A line of the oracle.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">Its attempt as the handler saw it.</param>
/// <param name="What">start, end, or stopped with the cause.</param>
/// <param name="At">The machine's monotonic clock.</param>
/// <param name="Token">The claim's token.</param>
/// <param name="Node">The node that ran it.</param>
/// <param name="Schedule">The schedule that made the job; empty for none.</param>
/// <param name="ScheduledAt">The job's nominal instant.</param>
internal readonly record struct OracleLine(Guid Job, int Attempt, string What, long At, long Token = 0, string Node = "", string Schedule = "", DateTimeOffset ScheduledAt = default)
{
    public static OracleLine Parse(string line)
    {
        var parts = line.Split(' ');
        return new OracleLine(
            Guid.Parse(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2], long.Parse(parts[3], CultureInfo.InvariantCulture),
            long.Parse(parts[4], CultureInfo.InvariantCulture), parts[5], parts[7], new DateTimeOffset(long.Parse(parts[6], CultureInfo.InvariantCulture), TimeSpan.Zero));
    }

    /// <summary>How long after that timestamp it was written.</summary>
    public TimeSpan Since(long timestamp) => Stopwatch.GetElapsedTime(timestamp, At);
}

/// <summary>The append-only file in which the test host's handlers say what they really did; one for each process that writes at the same time.</summary>
internal sealed class Oracle(string path)
{
    private const string EndMark = " .";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public string Path => path;

    /// <summary>The file of one process of several.</summary>
    public string PathOf(string node) => $"{path}.{node}";

    /// <summary>The whole lines that stand there now, in the order in which they were written.</summary>
    public IReadOnlyList<OracleLine> Read() => [.. Directory.EnumerateFiles(Folder, Files).SelectMany(Read).OrderBy(line => line.At)];

    public IReadOnlyList<OracleLine> Of(Guid job) => [.. Read().Where(line => line.Job == job)];

    /// <summary>Waits until the lines are as wanted.</summary>
    public async Task<IReadOnlyList<OracleLine>> SeesAsync(Func<IReadOnlyList<OracleLine>, bool> isThere)
    {
        using var changed = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(Folder, Files) { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.FileName };
        watcher.Changed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var lines = Read();
            if (isThere(lines))
            {
                return lines;
            }

            Assert.True(await TryWaitAsync(changed, limit.Token), $"the oracle was not as wanted within {Patience}; it has {lines.Count} lines, the last:\n{string.Join('\n', lines.TakeLast(20))}");
        }
    }

    /// <summary>Waits until the job has begun so many times.</summary>
    public Task BeganAsync(Guid job, int times = 1) => SeesAsync(lines => lines.Count(line => line.Job == job && line.What == "start") >= times);

    private string Folder => System.IO.Path.GetDirectoryName(path)!;

    private string Files => System.IO.Path.GetFileName(path) + "*";

    private static IEnumerable<OracleLine> Read(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n').Where(line => line.EndsWith(EndMark, StringComparison.Ordinal)).Select(OracleLine.Parse);
    }

    private static async Task<bool> TryWaitAsync(SemaphoreSlim changed, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
