using Carillon.Engine;

namespace Carillon.Server.Serving;

/// <summary>
/// Wakes when something changes in the directories of the given files. Editors and orchestrators write a file in several steps (a new
/// file, a rename, a link that turns), so any change counts and the wake waits until it has been quiet for a moment.
/// </summary>
internal sealed class FileWake : IWake, IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly TimeProvider _clock;
    private readonly List<FileSystemWatcher> _watchers = [];

    public FileWake(IEnumerable<string> paths, TimeProvider clock)
    {
        _clock = clock;
        foreach (var directory in paths.Select(path => Path.GetDirectoryName(Path.GetFullPath(path))!).Distinct(StringComparer.Ordinal))
        {
            var watcher = new FileSystemWatcher(directory) { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.Size };
            watcher.Changed += (_, change) => Hear(change, paths);
            watcher.Created += (_, change) => Hear(change, paths);
            watcher.Renamed += (_, _) => Pulse();
            watcher.Deleted += (_, change) => Hear(change, paths);
            // Events were lost: look, to be sure.
            watcher.Error += (_, _) => Pulse();
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
    }

    public void Pulse()
    {
        lock (_changed)
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }

    public async Task WaitAsync(DateTimeOffset? until, CancellationToken cancellationToken)
    {
        try
        {
            await _changed.WaitAsync(until is { } instant && instant > _clock.GetUtcNow() ? instant - _clock.GetUtcNow() : Timeout.InfiniteTimeSpan, cancellationToken);
            do
            {
                await Task.Delay(Quiet, _clock, cancellationToken);
            }
            while (await _changed.WaitAsync(TimeSpan.Zero, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The loop sees the same token and ends.
        }
    }

    public void Dispose()
    {
        _watchers.ForEach(watcher => watcher.Dispose());
        _changed.Dispose();
    }

    // The store often lies in the same directory, and writes to it are no news.
    private void Hear(FileSystemEventArgs change, IEnumerable<string> paths)
    {
        if (paths.Any(path => Path.GetFileName(path) == Path.GetFileName(change.Name)) || change.Name is ['.', '.', ..])
        {
            Pulse();
        }
    }
}
