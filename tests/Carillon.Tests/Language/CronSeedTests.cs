using Carillon.Language;
using NodaTime;

namespace Carillon.Tests.Language;

/// <summary>
/// Random expressions, zones, choices and instants against <see cref="SlowCron"/>, which goes day by day and lets the zone library say what each
/// local time means.
/// </summary>
public sealed class CronSeedTests
{
    private const int CasesASeed = 15;
    private static readonly string[] Dialects = ["unix", "cronos", "quartz"];

    // Plain ones, negative daylight saving, half hours, a lost day, changes of the base offset; and then any zone of the list.
    private static readonly string[] ZoneIds =
    [
        "UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Europe/Dublin", "Africa/Casablanca", "Africa/El_Aaiun", "America/Santiago", "Pacific/Apia", "Asia/Amman",
        "Asia/Damascus", "Europe/Istanbul", "Europe/Moscow", "America/Asuncion", "America/Nuuk", "America/Whitehorse", "America/Caracas", "Asia/Kathmandu", "Antarctica/Troll", "Africa/Monrovia",
    ];

    public static TheoryData<int> Seeds()
    {
        var seeds = new TheoryData<int>();
        for (var seed = 0; seed < 100; seed++) seeds.Add(seed);
        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_answer_is_that_of_the_slow_reading(int seed)
    {
        for (var i = 0; i < CasesASeed; i++) Check(new Random((seed * 1000) + i), $"seed {seed}, case {i}");
    }

    private static void Check(Random random, string place)
    {
        var dialect = Dialects[random.Next(3)];
        var (expression, name) = (RandomCron.Expression(random, dialect), $"job {random.Next(100)}");
        var slow = SlowCron.Read(expression, dialect, name);
        var isRead = Recurrence.TryParse(new RecurrenceText(RecurrenceForm.Cron, expression, dialect, name), out var recurrence, out var error);
        place = $"{place}: {dialect} '{expression}'";
        Assert.True(isRead == (slow is not null), $"{place}: {error}");
        if (!isRead || slow is null) return;
        AssertCanonical(recurrence!, dialect, place);
        Assert.True(Zones.TryFind(random.Next(3) > 0 ? ZoneIds[random.Next(ZoneIds.Length)] : Zones.Ids[random.Next(Zones.Ids.Count)], out var zone, out _));
        var changes = random.Next(2) == 0 ? default : new ClockChanges((ClockGap?)random.Next(3), (ClockRepeat?)random.Next(3));
        recurrence = recurrence!.With(changes);
        var from = Moment(random, zone);
        var until = from.AddSeconds(slow.TimesADay switch { <= 12 => 400 * 86_400, <= 1_500 => 3 * 86_400, _ => 3 * 3_600 });
        AssertSame(recurrence, slow, (zone, changes, dialect), (from, until), $"{place} in {zone}, {changes}, after {from:O}");
    }

    private static void AssertSame(Recurrence recurrence, SlowCron slow, (Zone Zone, ClockChanges Changes, string Dialect) at, (DateTimeOffset From, DateTimeOffset Until) span, string place)
    {
        var (from, until) = span;
        var expected = SlowInstants.Of(slow, at.Zone, at.Changes, at.Dialect, from, until);

        var found = recurrence.Between(from, until, at.Zone).ToList();

        Assert.True(expected.SequenceEqual(found), $"{place}: expected {Shown(expected.Except(found))} more, found {Shown(found.Except(expected))} more");
        Assert.True(recurrence.Last(from, until, at.Zone) == (found.Count == 0 ? null : found[^1]), $"{place}: Last");
        for (var i = found.Count - 1; i >= Math.Max(1, found.Count - 200); i--) Assert.True(recurrence.Previous(found[i], at.Zone) == found[i - 1], $"{place}: Previous of {found[i]:O}");
        if (recurrence.Next(until, at.Zone) is { } next) Assert.True(next > until && recurrence.Previous(next, at.Zone) <= until == (found.Count > 0 || recurrence.Previous(next, at.Zone) <= from), $"{place}: beyond");
    }

    private static void AssertCanonical(Recurrence recurrence, string dialect, string place)
    {
        var again = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, recurrence.ToString(), dialect));

        Assert.True(recurrence.Equals(again) && recurrence.GetHashCode() == again.GetHashCode() && recurrence.ToString() == again.ToString(), $"{place}: canonical {recurrence}, again {again}");
    }

    private static string Shown(IEnumerable<DateTimeOffset> instants) => string.Join(' ', instants.Take(3).Select(instant => instant.ToString("O", System.Globalization.CultureInfo.InvariantCulture)));

    // Near a change of clocks, where one is near.
    private static DateTimeOffset Moment(Random random, Zone zone)
    {
        var start = new DateTimeOffset(1905 + random.Next(290), 1 + random.Next(12), 1 + random.Next(28), random.Next(24), random.Next(60), random.Next(60), TimeSpan.Zero);
        if (random.Next(2) == 0) start = start.AddYears(2026 - start.Year + random.Next(-20, 15));
        var interval = zone.Rules.GetZoneInterval(Instant.FromDateTimeOffset(start));
        return interval.HasEnd && random.Next(4) > 0 && interval.End < Instant.FromUtc(2195, 1, 1, 0, 0) ? interval.End.ToDateTimeOffset().AddSeconds(-random.Next(2 * 86_400)) : start;
    }
}
