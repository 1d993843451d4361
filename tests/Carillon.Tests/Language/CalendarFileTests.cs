using System.Text.Json;
using Carillon.Language;

namespace Carillon.Tests.Language;

public sealed class CalendarFileTests
{
    /// <summary>The lines of an event; dates on which 09:00 in Berlin is taken, and dates on which it is not.</summary>
    [Theory]
    [InlineData("DTSTART;VALUE=DATE:20271225|SUMMARY:Christmas", "2027-12-25", "2027-12-24 2027-12-26 2028-12-25")]
    [InlineData("DTSTART;VALUE=DATE:20271224|DTEND;VALUE=DATE:20271227", "2027-12-24 2027-12-26", "2027-12-23 2027-12-27")]
    [InlineData("DTSTART:20271224|DURATION:P3D", "2027-12-24 2027-12-26", "2027-12-23 2027-12-27")]
    [InlineData("DTSTART;VALUE=DATE:20201225|RRULE:FREQ=YEARLY", "2027-12-25 2190-12-25", "2019-12-25 2027-12-26")]
    [InlineData("DTSTART;VALUE=DATE:20200229|RRULE:FREQ=YEARLY", "2024-02-29 2028-02-29", "2027-02-28 2027-03-01")]
    [InlineData("DTSTART;VALUE=DATE:20201225|RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=3", "2022-12-25 2024-12-25", "2021-12-25 2026-12-25")]
    [InlineData("DTSTART;VALUE=DATE:20201225|RRULE:FREQ=YEARLY;UNTIL=20221225", "2022-12-25", "2023-12-25")]
    [InlineData("DTSTART;VALUE=DATE:20201126|RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2027-11-25 2028-11-23", "2027-11-24 2027-10-28")]
    [InlineData("DTSTART;VALUE=DATE:20200525|RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", "2027-05-31", "2027-05-24")]
    [InlineData("DTSTART;VALUE=DATE:20200101|RRULE:FREQ=YEARLY;BYDAY=20MO", "2020-05-18 2027-05-17", "2027-05-24 2027-05-10")]
    [InlineData("DTSTART;VALUE=DATE:20270131|RRULE:FREQ=MONTHLY;BYMONTHDAY=-1", "2027-02-28 2028-02-29", "2027-02-27 2027-03-30")]
    [InlineData("DTSTART;VALUE=DATE:20270131|RRULE:FREQ=MONTHLY", "2027-03-31", "2027-02-28 2027-04-30")]
    [InlineData("DTSTART;VALUE=DATE:20270104|RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "2027-01-08 2027-01-18 2027-01-22", "2027-01-11 2027-01-15")]
    [InlineData("DTSTART;VALUE=DATE:20270104|RRULE:FREQ=WEEKLY|EXDATE;VALUE=DATE:20270111,20270118", "2027-01-04 2027-01-25", "2027-01-11 2027-01-18")]
    [InlineData("DTSTART;VALUE=DATE:20270104|RRULE:FREQ=DAILY;COUNT=3", "2027-01-06", "2027-01-07")]
    [InlineData("DTSTART;TZID=Europe/Berlin:20270104T090000|DTEND;TZID=Europe/Berlin:20270104T091500", "2027-01-04", "2027-01-05")]
    [InlineData("DTSTART;TZID=Europe/Berlin:20270104T083000|DTEND;TZID=Europe/Berlin:20270104T090000", "", "2027-01-04")]
    [InlineData("DTSTART:20270104T080000Z|DTEND:20270104T080001Z", "2027-01-04", "")]
    [InlineData("DTSTART:20270104T080000Z|DURATION:PT1H|RRULE:FREQ=WEEKLY", "2027-01-04 2027-03-22 2027-11-01", "2027-04-05")]
    [InlineData("DTSTART;TZID=Europe/Berlin:20270104T090000|DURATION:PT1H|RRULE:FREQ=WEEKLY;UNTIL=20270405T070000Z", "2027-04-05", "2027-04-12")]
    [InlineData("DTSTART;TZID=\"America/New_York\":20270104T030000|DURATION:PT1H|RRULE:FREQ=WEEKLY", "2027-01-04 2027-04-05", "2027-03-22")]
    [InlineData("DTSTART:20270104T090000|DURATION:PT1H|RRULE:FREQ=WEEKLY", "2027-01-04 2027-04-05", "2027-04-06")]
    [InlineData("DTSTART;VALUE=DATE:20271225|STATUS:CANCELLED", "", "2027-12-25")]
    [InlineData("DTSTART;VALUE=DATE:20271225|TRANSP:TRANSPARENT|BEGIN:VALARM|TRIGGER:-PT1H|END:VALARM", "2027-12-25", "")]
    [InlineData("DTSTART;VALUE=DATE:20271225|RRULE:FREQ=YEA|\u0020RLY", "2028-12-25", "2028-12-26")]
    [InlineData("DTSTART;TZID=W. Europe Standard Time:20270104T090000|DURATION:PT1H", "2027-01-04", "2027-01-05")]
    public void An_event_takes_its_times_out(string lines, string taken, string free)
    {
        Assert.True(Zones.TryFind("Europe/Berlin", out var zone, out _));
        Assert.True(Calendar.TryParse(Json(lines), null, out var calendar, out var error), error);

        Assert.All(Dates(taken), date => Assert.False(calendar.Contains(zone.ToInstant(date, default)!.Value, zone)));
        Assert.All(Dates(free), date => Assert.True(calendar.Contains(zone.ToInstant(date, default)!.Value, zone)));
    }

    [Theory]
    [InlineData("DTSTART;VALUE=DATE:20271225|RRULE:FREQ=YEARLY;BYSETPOS=1", 4, "BYSETPOS")]
    [InlineData("DTSTART;VALUE=DATE:20271225|RRULE:FREQ=HOURLY", 4, "FREQ")]
    [InlineData("DTSTART;VALUE=DATE:20271225|RRULE:FREQ=YEARLY;BYWEEKNO=20", 4, "BYWEEKNO")]
    [InlineData("DTSTART;VALUE=DATE:20271225|RRULE:FREQ=WEEKLY;BYDAY=1MO", 4, "number only in monthly")]
    [InlineData("DTSTART;VALUE=DATE:20271225|RRULE:FREQ=DAILY;COUNT=2;UNTIL=20280101", 4, "COUNT and UNTIL")]
    [InlineData("DTSTART;VALUE=DATE:20271225|RDATE:20271226", 4, "RDATE")]
    [InlineData("DTSTART;VALUE=DATE:20271225|RECURRENCE-ID:20271226", 4, "RECURRENCE-ID")]
    [InlineData("DTSTART;VALUE=DATE:20271225|EXDATE:20271226", 4, "does not recur")]
    [InlineData("DTSTART:20271225T090000", 3, "takes no time")]
    [InlineData("SUMMARY:Nothing", 4, "without DTSTART")]
    [InlineData("DTSTART;TZID=Mars/Olympus:20271225T090000|DURATION:PT1H", 3, "Mars/Olympus")]
    [InlineData("DTSTART:christmas", 3, "neither date nor time")]
    [InlineData("DTSTART;VALUE=DATE:20271225|DTEND;VALUE=DATE:20271225", 4, "not after DTSTART")]
    [InlineData("DTSTART;VALUE=DATE:20271225|DTEND;VALUE=DATE:20271226|DURATION:P1D", 5, "beside DTEND")]
    [InlineData("DTSTART;VALUE=DATE:20271225|DTSTART;VALUE=DATE:20271226", 4, "twice")]
    [InlineData("DTSTART;VALUE=DATE:20271225|nonsense", 4, "no colon")]
    [InlineData("DTSTART;VALUE=DATE:20271225|END:VTODO", 4, "did not begin")]
    [InlineData("DTSTART;VALUE=DATE:20271225|END:VEVENT|BEGIN:VTODO|END:VTODO|BEGIN:VEVENT|DTSTART:20271226", 5, "no event")]
    public void What_cannot_be_honoured_is_refused_with_its_line(string lines, int line, string said)
    {
        Assert.False(Calendar.TryParse(Json(lines), null, out _, out var error));

        Assert.StartsWith($"Line {line} of the iCalendar text", error, StringComparison.Ordinal);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_make_days_that_are_no_business_days()
    {
        Assert.True(Calendar.TryParse(Json("DTSTART;VALUE=DATE:20270101|RRULE:FREQ=YEARLY"), null, out var calendar, out _));
        var recurrence = Recurrence.Parse(new RecurrenceText(RecurrenceForm.Text, "on the first business day of january")).On(calendar, null);

        Assert.Equal([2027, 2028, 2029], recurrence.Between(LanguageCases.Instant("2026-06-01T00:00Z"), DateTimeOffset.MaxValue, Zone.Utc).Take(3).Select(instant => instant.Year));
        Assert.Equal(LanguageCases.Instant("2027-01-04T00:00Z"), recurrence.Next(LanguageCases.Instant("2026-06-01T00:00Z"), Zone.Utc));
    }

    private static string Json(string lines)
    {
        var file = $"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{lines.Replace("|", "\r\n", StringComparison.Ordinal)}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        return $$"""{"ical":{{JsonSerializer.Serialize(file)}}}""";
    }

    private static IEnumerable<DateTime> Dates(string dates) => dates.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(date => LanguageCases.Instant(date + "T09:00Z").DateTime);
}
