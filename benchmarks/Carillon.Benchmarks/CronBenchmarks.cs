using BenchmarkDotNet.Attributes;
using Carillon.Language;

namespace Carillon.Benchmarks;

/// <summary>Parsing and the next instant, in UTC and in a zone with daylight saving.</summary>
[MemoryDiagnoser]
public class CronBenchmarks
{
    private static readonly DateTimeOffset From = new(2027, 3, 1, 12, 1, 30, TimeSpan.Zero);
    private readonly RecurrenceText _text = new(RecurrenceForm.Cron, "*/5 * * * *", null);
    private Recurrence _everyFive = null!;
    private Recurrence _daily = null!;
    private Zone _utc = null!;
    private Zone _berlin = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _everyFive = Recurrence.Parse(_text);
        _daily = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, "30 9 * * 1-5", null));
        _ = Zones.TryFind("UTC", out _utc!, out _) && Zones.TryFind("Europe/Berlin", out _berlin!, out _);
    }

    [Benchmark]
    public object Parse() => Recurrence.Parse(_text);

    [Benchmark]
    public DateTimeOffset? NextInUtc() => _everyFive.Next(From, _utc);

    [Benchmark]
    public DateTimeOffset? NextInBerlin() => _daily.Next(From, _berlin);

    [Benchmark]
    public object ParseByQuartz() => new Quartz.CronExpression("0 0/5 * * * ?");
}
