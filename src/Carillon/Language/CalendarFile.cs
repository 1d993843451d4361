namespace Carillon.Language;

/// <summary>
/// Reads the events of an iCalendar text (RFC 5545). What says when something is and cannot be honoured is an error that names the line; what says
/// other things (summaries, attendees, alarms) is passed over. An event that is cancelled does not take place; one that is transparent does.
/// </summary>
internal sealed class CalendarFile
{
    private static readonly string[] Refused = ["RDATE", "EXRULE", "RECURRENCE-ID"];
    private readonly List<CalendarEvent> _events = [];
    private readonly Stack<string> _components = new();
    private List<CalendarLine> _event = [];

    /// <summary>The events; throws with what is wrong.</summary>
    public static List<CalendarEvent> Read(string text)
    {
        var file = new CalendarFile();
        foreach (var line in CalendarLine.Of(text)) file.Take(line);
        if (file._components.Count > 0) throw new ScheduleFormatException($"The iCalendar text ends within {file._components.Peek()}; it must end with END:VCALENDAR.");
        return file._events;
    }

    private void Take(CalendarLine line)
    {
        if (line.Name == "BEGIN") Begin(line);
        else if (line.Name == "END") End(line);
        else if (_components.Count == 0) throw line.Refuse("stands outside of a calendar", "the text begins with BEGIN:VCALENDAR");
        else if (_components.Peek() == "VEVENT") _event.Add(line);
    }

    private void Begin(CalendarLine line)
    {
        var name = line.Value.ToUpperInvariant();
        var isRoot = _components.Count == 0;
        if (isRoot != (name == "VCALENDAR")) throw line.Refuse("stands where it cannot", "the text begins with BEGIN:VCALENDAR, once for each calendar");
        if (name is "VTODO" or "VJOURNAL" or "VFREEBUSY") throw line.Refuse("is no event and cannot be honoured", "take it out, or make it a VEVENT");
        if (name == "VEVENT") _event = [];
        _components.Push(name);
    }

    private void End(CalendarLine line)
    {
        if (_components.Count == 0 || !string.Equals(_components.Peek(), line.Value, StringComparison.OrdinalIgnoreCase)) throw line.Refuse("ends what did not begin", "each BEGIN has its END");
        if (_components.Pop() != "VEVENT") return;
        var isCancelled = _event.Exists(property => property.Name == "STATUS" && property.Value.Equals("CANCELLED", StringComparison.OrdinalIgnoreCase));
        if (!isCancelled) _events.Add(EventOf(line));
    }

    private CalendarEvent EventOf(CalendarLine end)
    {
        if (_event.Find(property => Refused.Contains(property.Name)) is { } refused) throw refused.Refuse("cannot be honoured", "write the event out as events of their own");
        var startLine = One("DTSTART") ?? throw end.Refuse("ends an event without DTSTART", "say when it begins");
        var start = CalendarPoint.Of(startLine);
        var length = LengthOf(start, startLine);
        var rule = One("RRULE") is { } line ? CalendarRuleReader.Read(line, start) : null;
        if (rule is not null && length > TimeSpan.FromDays(366)) throw startLine.Refuse("begins an event that recurs and lasts longer than a year", "make it shorter");
        var except = _event.Where(property => property.Name == "EXDATE").SelectMany(property => property.Value.Split(',').Select(value => CalendarPoint.Of(property, value).In(start))).ToHashSet();
        if (except.Count > 0 && rule is null) throw One("EXDATE", true)!.Refuse("excepts from what does not recur", "take it out");
        return new CalendarEvent { IsDays = start.IsDate, Start = start.Local, Length = length, Zone = start.Zone, Rule = rule, Except = except };
    }

    private TimeSpan LengthOf(CalendarPoint start, CalendarLine line)
    {
        var (end, duration) = (One("DTEND"), One("DURATION"));
        if (end is not null && duration is not null) throw duration.Refuse("stands beside DTEND", "one of them");
        if (end is null && duration is null) return start.IsDate ? TimeSpan.FromDays(1) : throw line.Refuse("begins an event that takes no time", "a DTEND or a DURATION");
        var length = TimeSpan.Zero;
        if (duration is not null && !Durations.TryParse(duration.Value.TrimStart('+'), out length, out var error)) throw duration.Refuse($"is no duration ({error.Problem})", "PT1H, P1D");
        if (end is not null)
        {
            var point = CalendarPoint.Of(end);
            if (point.IsDate != start.IsDate) throw end.Refuse("is not of the same kind as DTSTART", "two dates, or two times");
            length = point.In(start) - start.Local;
        }

        return length > TimeSpan.Zero ? length : throw (end ?? duration)!.Refuse("is not after DTSTART", "a later one");
    }

    private CalendarLine? One(string name, bool isFirst = false)
    {
        var found = _event.FindAll(property => property.Name == name);
        return found.Count <= 1 || isFirst ? found.FirstOrDefault() : throw found[1].Refuse("is there twice", "once in an event");
    }
}
