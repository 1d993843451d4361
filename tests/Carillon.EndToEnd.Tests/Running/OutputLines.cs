namespace Carillon.EndToEnd.Tests.Running;

/// <summary>What a process has written, line by line, and waits for lines to come.</summary>
internal sealed class OutputLines
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _added = New();

    public string Text
    {
        get
        {
            lock (_lock)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>The last of it, for the message of a failed test.</summary>
    public string Tail => string.Join('\n', Text.Split('\n').TakeLast(40).Select(line => line[..Math.Min(400, line.Length)]));

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _lines.Count;
            }
        }
    }

    public void Add(string line)
    {
        TaskCompletionSource added;
        lock (_lock)
        {
            _lines.Add(line);
            (added, _added) = (_added, New());
        }

        added.SetResult();
    }

    /// <summary>The first line, from <paramref name="from"/> on, that has the text.</summary>
    public async Task<string> WaitAsync(string text, int from, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task added;
            lock (_lock)
            {
                if (_lines.Skip(from).FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
                {
                    return found;
                }

                (added, from) = (_added.Task, _lines.Count);
            }

            await added.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
