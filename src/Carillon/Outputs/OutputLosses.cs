using Microsoft.Extensions.Logging;

namespace Carillon.Outputs;

/// <summary>Records that no output took: counted all, told in the log at most once a minute for each cause and place.</summary>
internal sealed partial class OutputLosses(TimeProvider clock, ILogger logger)
{
    private const int MaxTold = 100;

    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Reason, string Place), DateTimeOffset> _toldAt = [];
    private long _total;

    public long Total => Interlocked.Read(ref _total);

    /// <summary>Counts them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="reason">One of a few words, for the counter.</param>
    /// <param name="place">Where they should have gone.</param>
    /// <param name="message">What happened.</param>
    public void Add(int count, string reason, string place, string message)
    {
        var total = Interlocked.Add(ref _total, count);
        Telemetry.Telemetry.OutputLost.Add(count, new KeyValuePair<string, object?>("reason", reason));
        if (IsToBeTold((reason, place)))
        {
            LogLost(count, place, message, total);
        }
    }

    private bool IsToBeTold((string Reason, string Place) cause)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            foreach (var (old, _) in _toldAt.Where(told => now - told.Value >= Silence || told.Value > now).ToList())
            {
                _toldAt.Remove(old);
            }

            return _toldAt.Count < MaxTold && _toldAt.TryAdd(cause, now);
        }
    }

    [LoggerMessage(1600, LogLevel.Warning, "{Count} output record(s) to {Place} lost: {Message}. The jobs themselves are not concerned. {Total} records lost since the start; told once a minute.")]
    private partial void LogLost(int count, string place, string message, long total);
}
