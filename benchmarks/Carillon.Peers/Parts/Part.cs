using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Carillon.Peers.Parts;

/// <summary>What every measured program can do and say; benchmarks/peers/protocol.mjs says the same for the others.</summary>
internal static class Part
{
    private static readonly Lock Saying = new();

    public static string Database => Environment.GetEnvironmentVariable("PEER_DATABASE") ?? throw new ArgumentException("PEER_DATABASE is not set.");

    public static string ConnectionString => Environment.GetEnvironmentVariable("PEER_CONNECTION") ?? throw new ArgumentException("PEER_CONNECTION is not set.");

    /// <summary>Milliseconds of the machine's monotonic clock.</summary>
    public static double Now => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

    public static void Say(FormattableString line)
    {
        lock (Saying)
        {
            Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();
        }
    }

    /// <summary>Returns when the referee closes our input.</summary>
    public static Task ToldAsync() => Console.In.ReadToEndAsync();

    /// <summary>Calls it so many times, so many at once; the rate a second.</summary>
    public static async Task<double> InFlightAsync(int count, int callers, Func<int, CancellationToken, ValueTask> one)
    {
        var begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = callers }, one);
        return count / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>One job at a time into an idle system.</summary>
    public static async Task SendSlowlyAsync(int count, int gap, Func<int, Task> one)
    {
        Say($"ready");
        for (var i = 0; i < count; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(gap), TimeProvider.System);
            await one(i);
            var (number, sent) = (i, Now);
            Say($"sent {number} {sent:F4}");
        }
    }

    public static async Task<int> PlayAsync(IReadOnlyDictionary<string, Func<int[], Task>> parts, string name, int[] numbers)
    {
        if (!parts.TryGetValue(name, out var part))
        {
            throw new ArgumentException($"There is no part '{name}'; there are {string.Join(", ", parts.Keys)}.");
        }

        await part(numbers);
        return 0;
    }
}

/// <summary>Counts bodies and tells of them every 20 ms; the ids go into the file PEER_IDS at the end.</summary>
internal sealed class Bodies : IDisposable
{
    private readonly ConcurrentQueue<string> _ids = new();
    private readonly Timer _timer;
    private int _count;
    private int _told;
    private double _first;
    private double _last;

    public Bodies() => _timer = new Timer(_ => Tell(), null, 20, 20);

    public void Add(string id)
    {
        _last = Part.Now;
        if (Interlocked.Increment(ref _count) == 1)
        {
            _first = _last;
        }

        _ids.Enqueue(id);
    }

    public void Keep()
    {
        if (Environment.GetEnvironmentVariable("PEER_IDS") is { Length: > 0 } path)
        {
            File.WriteAllLines(path, _ids);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tell()
    {
        var count = Volatile.Read(ref _count);
        if (count != _told)
        {
            _told = count;
            Part.Say($"count {count} {_first:F4} {_last:F4}");
        }
    }
}
