using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Carillon.Language;
using NCrontab;

namespace Carillon.Benchmarks;

/// <summary>Reading a text and finding the next instant, beside NCrontab (which knows no zones) and Quartz.NET, in one run.</summary>
[MemoryDiagnoser, CategoriesColumn, GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class CronBenchmarks
{
    private static readonly DateTimeOffset From = new(2027, 3, 1, 12, 1, 30, TimeSpan.Zero);
    private static readonly DateTime Local = new(2027, 3, 1, 12, 1, 30, DateTimeKind.Unspecified);
    private readonly RecurrenceText _text = new(RecurrenceForm.Cron, "*/5 * * * *");
    private readonly Recurrence _everyFive = Cron("*/5 * * * *");
    private readonly Recurrence _weekdays = Cron("30 9 * * 1-5");
    private readonly Recurrence _leap = Cron("0 0 29 2 1", "cronos");
    private readonly Recurrence _never = Cron("0 0 31 2 *");
    private readonly CrontabSchedule _everyFiveByNCrontab = CrontabSchedule.Parse("*/5 * * * *");
    private readonly CrontabSchedule _weekdaysByNCrontab = CrontabSchedule.Parse("30 9 * * 1-5");
    private readonly Quartz.CronExpression _everyFiveByQuartz = new("0 */5 * * * ?", TimeZoneInfo.Utc);
    private readonly Quartz.CronExpression _weekdaysByQuartz = new("0 30 9 ? * 2-6", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
    private Zone _berlin = null!;

    [GlobalSetup]
    public void SetUp() => _berlin = Zones.TryFind("Europe/Berlin", out var zone, out var error) ? zone : throw new InvalidOperationException(error);

    [Benchmark(Baseline = true), BenchmarkCategory("1 parse */5 * * * *")]
    public object Parse() => Recurrence.Parse(_text);

    [Benchmark, BenchmarkCategory("1 parse */5 * * * *")]
    public object ParseByNCrontab() => CrontabSchedule.Parse("*/5 * * * *");

    [Benchmark, BenchmarkCategory("1 parse */5 * * * *")]
    public object ParseByQuartz() => new Quartz.CronExpression("0 */5 * * * ?", TimeZoneInfo.Utc);

    [Benchmark(Baseline = true), BenchmarkCategory("2 next */5 * * * *, UTC")]
    public DateTimeOffset? NextInUtc() => _everyFive.Next(From, Zone.Utc);

    [Benchmark, BenchmarkCategory("2 next */5 * * * *, UTC")]
    public DateTime NextByNCrontab() => _everyFiveByNCrontab.GetNextOccurrence(Local);

    [Benchmark, BenchmarkCategory("2 next */5 * * * *, UTC")]
    public DateTimeOffset? NextByQuartz() => _everyFiveByQuartz.GetNextValidTimeAfter(From);

    [Benchmark(Baseline = true), BenchmarkCategory("3 next 30 9 * * 1-5, Berlin")]
    public DateTimeOffset? NextInBerlin() => _weekdays.Next(From, _berlin);

    [Benchmark, BenchmarkCategory("3 next 30 9 * * 1-5, Berlin")]
    public DateTime WeekdaysByNCrontab() => _weekdaysByNCrontab.GetNextOccurrence(Local);

    [Benchmark, BenchmarkCategory("3 next 30 9 * * 1-5, Berlin")]
    public DateTimeOffset? WeekdaysByQuartz() => _weekdaysByQuartz.GetNextValidTimeAfter(From);

    [Benchmark(Baseline = true), BenchmarkCategory("4 far away")]
    public DateTimeOffset? LeapMonday() => _leap.Next(From, _berlin);

    [Benchmark, BenchmarkCategory("4 far away")]
    public DateTimeOffset? Never() => _never.Next(From, _berlin);

    [Benchmark, BenchmarkCategory("4 far away")]
    public DateTimeOffset? PreviousInBerlin() => _weekdays.Previous(From, _berlin);

    private static Recurrence Cron(string text, string? dialect = null) => Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, text, dialect));
}
