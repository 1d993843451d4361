using System.Net;

namespace Carillon.Tests.Rest;

public sealed class CalendarApiTests
{
    [Fact]
    public async Task A_calendar_is_made_used_and_guarded()
    {
        await using var api = await ApiHost.StartAsync();

        var created = await api.PutAsync("/api/v1/calendars/holidays", """{"exclude":["--12-25"],"weekly":["mon-fri"]}""");
        var changed = await api.PutAsync("/api/v1/calendars/holidays", """{"exclude":["--12-25","--12-26"]}""");
        var schedule = await api.PutAsync("/api/v1/schedules/s", """{"handler":"x","text":"every weekday at 9am","calendar":"holidays","businessDay":"next","gap":"skip","repeat":"both"}""");
        var refused = await api.DeleteAsync("/api/v1/calendars/holidays");
        await api.DeleteAsync("/api/v1/schedules/s");
        var removed = await api.DeleteAsync("/api/v1/calendars/holidays");
        var gone = await api.GetAsync("/api/v1/calendars/holidays");

        Assert.True(schedule.Status == HttpStatusCode.Created, schedule.Json.GetRawText());
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Created), (created.Status, changed.Status, schedule.Status));
        Assert.Equal("/api/v1/calendars/holidays", created.Header("Location"));
        Assert.Equal("""["--12-25","--12-26"]""", changed["calendar"].GetProperty("exclude").GetRawText());
        Assert.Equal(("holidays", "next", "skip", "both"), (schedule["calendar"].GetString(), schedule["businessDay"].GetString(), schedule["gap"].GetString(), schedule["repeat"].GetString()));
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NoContent, HttpStatusCode.NotFound), (refused.Status, removed.Status, gone.Status));
        Assert.Contains("schedule 's'", refused["detail"].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"exclude":["tomorrow"]}""")]
    [InlineData("""{"holidays":["2027-01-01"]}""")]
    [InlineData("""{"ical":"BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR"}""")]
    public async Task What_is_no_calendar_is_refused(string body)
    {
        await using var api = await ApiHost.StartAsync();

        Assert.InRange((int)(await api.PutAsync("/api/v1/calendars/c", body)).Status, 400, 422);
    }
}
