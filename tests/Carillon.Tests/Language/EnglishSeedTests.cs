using System.Globalization;
using Carillon.Language;
using NodaTime;

namespace Carillon.Tests.Language;

/// <summary>Random sentences against a second reading that never sees the sentence: it looks at each minute of the clock.</summary>
public sealed class EnglishSeedTests
{
    private static readonly string[] ZoneIds = ["UTC", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Africa/Casablanca", "America/Santiago", "Pacific/Apia"];
    private static readonly string[] Ordinals = ["first", "second", "third", "fourth", "fifth", "last"];
    private static readonly DateOnly Monday = new(1970, 1, 5);

    private sealed record Case(string Text, Func<DateTime, bool> Matches, bool IsInterval);

    public static TheoryData<int> Seeds()
    {
        var seeds = new TheoryData<int>();
        for (var seed = 0; seed < 200; seed++) seeds.Add(seed);
        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Next_and_Previous_find_the_minutes_that_match(int seed)
    {
        var random = new Random(seed);
        Assert.True(Zones.TryFind(ZoneIds[random.Next(ZoneIds.Length)], out var zone, out _));
        var from = Moment(random, zone);
        var until = from.AddDays(40);
        var sentence = Sentence(random);
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Text, sentence.Text));

        var forward = recurrence.Between(from, until, zone).ToList();
        var back = new List<DateTimeOffset>();
        for (var previous = recurrence.Previous(until.AddTicks(1), zone); previous > from; previous = recurrence.Previous(previous.Value, zone)) back.Insert(0, previous.Value);

        var slow = Slowly(sentence, zone, from, until);
        Assert.True(slow.SequenceEqual(forward), $"{sentence.Text}: {string.Join(' ', slow.Except(forward).Take(3))} are missing, {string.Join(' ', forward.Except(slow).Take(3))} are wrong");
        Assert.Equal(forward, back);
        Assert.Equal(recurrence, Recurrence.Parse(new RecurrenceText(RecurrenceForm.Text, recurrence.ToString())));
    }

    private static DateTimeOffset Moment(Random random, Zone zone)
    {
        var start = new DateTimeOffset(2005 + random.Next(35), 1 + random.Next(12), 1 + random.Next(28), random.Next(24), random.Next(60), random.Next(60), TimeSpan.Zero);
        var interval = zone.Rules.GetZoneInterval(Instant.FromDateTimeOffset(start));
        return interval.HasEnd && random.Next(4) > 0 ? interval.End.ToDateTimeOffset().AddMinutes(-random.Next(20_000)) : start;
    }

    private static Case Sentence(Random random)
    {
        var (days, isDay) = Days(random);
        return random.Next(2) == 0 ? Fixed(random, days, isDay) : Interval(random, days, isDay);
    }

    private static Case Fixed(Random random, string days, Func<DateOnly, bool> isDay)
    {
        var times = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(1440)).ToArray();
        var text = $"at {string.Join(" and ", times.Select(Clock))} {days}";
        return new Case(text, local => isDay(DateOnly.FromDateTime(local)) && times.Contains((local.Hour * 60) + local.Minute), false);
    }

    private static Case Interval(Random random, string days, Func<DateOnly, bool> isDay)
    {
        var step = random.Next(1, 200);
        var (from, length) = (random.Next(1440), random.Next(1440));
        var text = $"{days}, every {step} minutes between {Clock(from)} and {Clock((from + length) % 1440)}";
        return new Case(text, Matches, true);

        bool Matches(DateTime local)
        {
            var (date, time) = (DateOnly.FromDateTime(local), (local.Hour * 60) + local.Minute);
            return (isDay(date) && IsIn(time)) || (isDay(date.AddDays(-1)) && IsIn(time + 1440));
        }

        bool IsIn(int time) => time >= from && time <= from + length && (time - from) % step == 0;
    }

    private static (string Text, Func<DateOnly, bool> Is) Days(Random random)
    {
        var weekday = (DayOfWeek)random.Next(7);
        var nth = random.Next(Ordinals.Length);
        var day = random.Next(1, 29);
        var count = random.Next(2, 5);
        return random.Next(8) switch
        {
            0 => ("every day", _ => true),
            1 => ("on weekdays", IsWorkday),
            2 => ($"on {weekday}s and mondays", date => date.DayOfWeek == weekday || date.DayOfWeek == DayOfWeek.Monday),
            3 => ($"on the {Ordinals[nth]} {weekday} of the month", date => date.DayOfWeek == weekday && (nth == 5 ? date.AddDays(7).Month != date.Month : (date.Day - 1) / 7 == nth)),
            4 => (string.Create(CultureInfo.InvariantCulture, $"on the {day}th and the second-last day of every month"), date => date.Day == day || (date.AddDays(1).Month == date.Month && date.AddDays(2).Month != date.Month)),
            5 => ($"on the {Ordinals[nth]} business day of every month", date => IsWorkday(date) && (nth == 5 ? Workdays(date, 1) == 0 : Workdays(date, -1) == nth)),
            6 => (string.Create(CultureInfo.InvariantCulture, $"every {count} weeks on {weekday}"), date => date.DayOfWeek == weekday && (date.DayNumber - Monday.DayNumber) / 7 % count == 0),
            _ => (string.Create(CultureInfo.InvariantCulture, $"every {count} days"), date => (date.DayNumber - Monday.DayNumber) % count == 0),
        };
    }

    private static bool IsWorkday(DateOnly date) => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    /// <summary>How many business days the month has in that direction.</summary>
    private static int Workdays(DateOnly date, int direction)
    {
        var count = 0;
        for (var other = date.AddDays(direction); other.Month == date.Month; other = other.AddDays(direction)) count += IsWorkday(other) ? 1 : 0;
        return count;
    }

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}:{minutes % 60:00}");

    private static List<DateTimeOffset> Slowly(Case sentence, Zone zone, DateTimeOffset from, DateTimeOffset until)
    {
        var found = new SortedSet<DateTimeOffset>();
        for (var utc = new DateTimeOffset(from.Ticks - (from.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero).AddDays(-2); utc <= until; utc = utc.AddMinutes(1))
        {
            var now = Offset(zone, utc);
            var local = utc.UtcDateTime + now;
            if (sentence.Matches(local) && (sentence.IsInterval || !IsSecondPass(zone, local, now))) found.Add(utc);

            var before = Offset(zone, utc.AddMinutes(-1));
            for (var skipped = utc.UtcDateTime + before; skipped < local && before < now; skipped = skipped.AddMinutes(1))
            {
                if (sentence.Matches(skipped)) found.Add(sentence.IsInterval ? new DateTimeOffset(skipped - before, TimeSpan.Zero) : utc);
            }
        }

        return [.. found.Where(utc => utc > from && utc <= until)];
    }

    private static bool IsSecondPass(Zone zone, DateTime local, TimeSpan offset) =>
        zone.Rules.MapLocal(LocalDateTime.FromDateTime(local)) is { Count: 2 } twice && twice.Last().Offset.ToTimeSpan() == offset;

    private static TimeSpan Offset(Zone zone, DateTimeOffset utc) => zone.Rules.GetUtcOffset(Instant.FromDateTimeOffset(utc)).ToTimeSpan();
}
