using System.Globalization;
using Carillon.Language;
using NodaTime;

namespace Carillon.Tests.Language;

/// <summary>Random expressions against a second reading that is slow and plain: it looks at each minute of the clock.</summary>
public sealed class CronSeedTests
{
    private static readonly string[] ZoneIds = ["UTC", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Africa/Casablanca", "America/Santiago", "Pacific/Apia"];

    public static TheoryData<int> Seeds()
    {
        var seeds = new TheoryData<int>();
        for (var seed = 0; seed < 200; seed++) seeds.Add(seed);
        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Next_is_the_first_minute_that_matches(int seed)
    {
        var random = new Random(seed);
        var dialect = random.Next(2) == 0 ? "unix" : "cronos";
        var expression = Expression(random);
        Assert.True(Zones.TryFind(ZoneIds[random.Next(ZoneIds.Length)], out var zone, out _));
        var from = Moment(random, zone);
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Cron, expression, dialect));
        var until = from.AddDays(3);

        var found = new List<DateTimeOffset>();
        for (var next = recurrence.Next(from, zone); next <= until; next = recurrence.Next(next.Value, zone)) found.Add(next.Value);

        Assert.Equal(Slowly(expression, dialect, zone, from, until), found);
        Assert.Equal(found.Count == 0 ? null : found[^1], recurrence.Last(from, until, zone));
    }

    // Near a change of clocks, where one is near.
    private static DateTimeOffset Moment(Random random, Zone zone)
    {
        var start = new DateTimeOffset(2005 + random.Next(35), 1 + random.Next(12), 1 + random.Next(28), random.Next(24), random.Next(60), random.Next(60), TimeSpan.Zero);
        var interval = zone.Rules.GetZoneInterval(Instant.FromDateTimeOffset(start));
        return interval.HasEnd && random.Next(4) > 0 ? interval.End.ToDateTimeOffset().AddMinutes(-random.Next(2000)).AddSeconds(random.Next(60)) : start;
    }

    private static string Expression(Random random)
    {
        var days = random.Next(3) == 0 ? Field(random, 1, 31) : "*";
        var weekdays = random.Next(3) == 0 ? Field(random, 0, 6) : "*";
        return $"{Field(random, 0, 59)} {Field(random, 0, 23)} {days} * {weekdays}";
    }

    private static string Field(Random random, int min, int max)
    {
        var (one, other) = (random.Next(min, max + 1), random.Next(min, max + 1));
        return random.Next(6) switch
        {
            0 => "*",
            1 => string.Create(CultureInfo.InvariantCulture, $"*/{random.Next(2, Math.Max(3, max / 2))}"),
            2 => string.Create(CultureInfo.InvariantCulture, $"{Math.Min(one, other)}-{Math.Max(one, other)}"),
            3 => string.Create(CultureInfo.InvariantCulture, $"{one}/{random.Next(1, max)}"),
            4 => string.Create(CultureInfo.InvariantCulture, $"{one},{other}"),
            _ => one.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static List<DateTimeOffset> Slowly(string expression, string dialect, Zone zone, DateTimeOffset from, DateTimeOffset until)
    {
        var fields = expression.Split(' ');
        var isInterval = fields[0].AsSpan().IndexOfAny("*-/") >= 0 || fields[1].AsSpan().IndexOfAny("*-/") >= 0;
        var found = new SortedSet<DateTimeOffset>();
        for (var utc = new DateTimeOffset(from.Ticks - (from.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero).AddDays(-2); utc <= until; utc = utc.AddMinutes(1))
        {
            var now = Offset(zone, utc);
            var local = utc.UtcDateTime + now;
            if (Matches(fields, dialect, local) && (isInterval || !IsSecondPass(zone, local, now))) found.Add(utc);

            var before = Offset(zone, utc.AddMinutes(-1));
            for (var skipped = utc.UtcDateTime + before; skipped < local && before < now; skipped = skipped.AddMinutes(1))
            {
                var isElapsed = isInterval && dialect == "unix";
                if (Matches(fields, dialect, skipped)) found.Add(isElapsed ? new DateTimeOffset(skipped - before, TimeSpan.Zero) : utc);
            }
        }

        return [.. found.Where(utc => utc > from && utc <= until)];
    }

    private static bool IsSecondPass(Zone zone, DateTime local, TimeSpan offset) =>
        zone.Rules.MapLocal(LocalDateTime.FromDateTime(local)) is { Count: 2 } twice && twice.Last().Offset.ToTimeSpan() == offset;

    private static TimeSpan Offset(Zone zone, DateTimeOffset utc) => zone.Rules.GetUtcOffset(Instant.FromDateTimeOffset(utc)).ToTimeSpan();

    private static bool Matches(string[] fields, string dialect, DateTime local)
    {
        if (!Matches(fields[0], 59, local.Minute) || !Matches(fields[1], 23, local.Hour)) return false;
        var (day, weekday) = (Matches(fields[2], 31, local.Day), Matches(fields[4], 7, (int)local.DayOfWeek) || (local.DayOfWeek == DayOfWeek.Sunday && Matches(fields[4], 7, 7)));
        var isEither = dialect == "unix" && fields[2] != "*" && fields[4] != "*";
        return isEither ? day || weekday : day && weekday;
    }

    private static bool Matches(string field, int max, int value) => field.Split(',').Any(part =>
    {
        var step = part.Split('/');
        var by = step.Length > 1 ? int.Parse(step[1], CultureInfo.InvariantCulture) : 1;
        if (step[0] == "*") return (value - (max == 31 ? 1 : 0)) % by == 0 && !(max == 7 && value == 7);
        var range = step[0].Split('-').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var last = range.Length > 1 ? range[1] : step.Length > 1 ? max : range[0];
        return value >= range[0] && value <= last && (value - range[0]) % by == 0;
    });
}
