using System.CommandLine;
using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon calendar …</c></summary>
internal static class CalendarVerbs
{
    private const string Path = "api/v1/calendars";
    private static readonly Argument<string> Name = new("name") { Description = "The calendar's name" };
    private static readonly Argument<string> Given = new("calendar") { Description = "The calendar: JSON, @FILE (JSON or an iCalendar file), or - for the standard input" };

    public static Verb Make() => new Verb("calendar", "Look at calendars, put or remove them").With(
        new Verb("list", "Calendars by name", "carillon calendar list").Does(ListAsync),
        new Verb("show", "One calendar", "carillon calendar show holidays").With(Name).Does(ShowAsync),
        new Verb("put", "Make or replace a calendar; the schedules that use it are planned anew", "carillon calendar put holidays @holidays.ics",
            "carillon calendar put holidays '{\"exclude\":[\"2027-05-17\",\"--12-25\"]}'").With(Name, Given).Does(PutAsync),
        new Verb("remove", "Remove a calendar that nothing uses", "carillon calendar remove holidays").With(Name).Does(RemoveAsync));

    private static async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync(Path, cancellationToken);
        return session.Answer(answer, page =>
        {
            var table = new Table("CALENDAR", "VERSION", "CHANGED");
            foreach (var calendar in page.Items("items"))
            {
                table.Add(calendar.Text("name"), calendar.Text("version"), calendar.Instant("updatedAt"));
            }

            table.Write(session.Terminal, "There are no calendars.");
        });
    }

    private static async Task<int> ShowAsync(Session session, CancellationToken cancellationToken) =>
        session.Answer(await session.Api.GetAsync(PathOf(session), cancellationToken), calendar => Print(session, calendar));

    private static async Task<int> PutAsync(Session session, CancellationToken cancellationToken)
    {
        var body = GivenJson.Parse("calendar", CalendarText.ToJson(GivenJson.ReadText("calendar", session.Get(Given))));
        return session.Answer(await session.Api.SendAsync(HttpMethod.Put, PathOf(session), body, cancellationToken), calendar => Print(session, calendar));
    }

    private static async Task<int> RemoveAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.DeleteAsync(PathOf(session), cancellationToken);
        return session.Answer(answer, _ => session.Terminal.Line($"The calendar '{session.Get(Name)}' is removed."));
    }

    private static void Print(Session session, JsonElement calendar)
    {
        session.Terminal.Field("Calendar", calendar.Text("name"));
        session.Terminal.Field("Version", calendar.Text("version"));
        session.Terminal.Field("Content", calendar.Text("calendar"));
    }

    private static string PathOf(Session session) => $"{Path}/{Query.Segment(session.Get(Name))}";
}
