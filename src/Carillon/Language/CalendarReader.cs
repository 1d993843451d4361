using System.Text.Json;

namespace Carillon.Language;

/// <summary>Reads a calendar's JSON, strictly: what it does not know is an error. Throws with what is wrong.</summary>
internal sealed class CalendarReader
{
    private const string Members = "'zone', 'include', 'exclude', 'weekly', 'ical' and 'calendars'";
    private const int MaxDepth = 8;

    private readonly Func<string, string?> _find;
    private readonly List<string> _path;

    private CalendarReader(Func<string, string?> find, List<string> path) => (_find, _path) = (find, path);

    public static Calendar Read(string json, Func<string, string?> find) => new CalendarReader(find, []).Read(json);

    public static IReadOnlyList<string> NamesIn(string json)
    {
        var names = new List<string>();
        try
        {
            Read(json, name =>
            {
                names.Add(name);
                return "{}";
            });
        }
        catch (ScheduleFormatException)
        {
            // What cannot be read names nobody: whoever reads it is told why.
        }

        return [.. names.Distinct()];
    }

    private Calendar Read(string json)
    {
        using var document = Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw Refuse("The calendar is no JSON object; write {\"exclude\":[\"2027-12-25\"]}.");
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Name is not ("zone" or "include" or "exclude" or "weekly" or "ical" or "calendars")) throw Refuse($"A calendar has no '{Shown.Of(member.Name)}'; it has {Members}.");
            if (!members.TryAdd(member.Name, member.Value)) throw Refuse($"'{member.Name}' is given twice; give it once.");
        }

        return new Calendar(Parts(members, document.RootElement.GetRawText()));
    }

    private static JsonDocument Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException exception)
        {
            throw new ScheduleFormatException($"The calendar is no JSON: {exception.Message}", exception);
        }
    }

    private CalendarParts Parts(Dictionary<string, JsonElement> members, string json)
    {
        var zone = members.TryGetValue("zone", out var id) ? ZoneOf(Text(id, "zone")) : null;
        var windows = Texts(members, "weekly");
        var (union, except) = members.TryGetValue("calendars", out var others) ? Others(others) : ([], []);
        return new CalendarParts
        {
            Json = json,
            Zone = zone,
            Include = [.. Texts(members, "include").Select(CalendarSpan.Parse)],
            Exclude = [.. Texts(members, "exclude").Select(CalendarSpan.Parse)],
            Weekly = windows.Count == 0 ? null : new CalendarWeek(windows),
            Events = members.TryGetValue("ical", out var file) ? CalendarFile.Read(Text(file, "ical")) : [],
            Union = union,
            Except = except,
        };
    }

    private static Zone ZoneOf(string id) => Zones.TryFind(id, out var zone, out var error) ? zone : throw Refuse(error);

    private (List<Calendar> Union, List<Calendar> Except) Others(JsonElement others)
    {
        if (others.ValueKind != JsonValueKind.Object) throw Refuse("'calendars' is no object; write {\"union\":[\"company\"],\"except\":[\"maintenance\"]}.");
        var lists = new Dictionary<string, List<Calendar>>(StringComparer.Ordinal) { ["union"] = [], ["except"] = [] };
        foreach (var list in others.EnumerateObject())
        {
            if (!lists.TryGetValue(list.Name, out var found)) throw Refuse($"'calendars' has no '{Shown.Of(list.Name)}'; it has 'union' and 'except'.");
            found.AddRange(Texts(list.Value, list.Name).Select(Other));
        }

        return (lists["union"], lists["except"]);
    }

    private Calendar Other(string name)
    {
        List<string> path = [.. _path, name];
        if (_path.Contains(name)) throw Refuse($"The calendar '{Shown.Of(name)}' is combined with itself ({string.Join(" → ", path.Select(Shown.Of))}); take one of these names out.");
        if (path.Count > MaxDepth) throw Refuse($"Calendars are combined more than {MaxDepth} deep; put their dates together.");
        var json = _find(name) ?? throw Refuse($"There is no calendar '{Shown.Of(name)}'; make it first, or take its name out.");
        return new CalendarReader(_find, path).Read(json);
    }

    private static List<string> Texts(Dictionary<string, JsonElement> members, string name) => members.TryGetValue(name, out var list) ? Texts(list, name) : [];

    private static List<string> Texts(JsonElement list, string name)
    {
        if (list.ValueKind != JsonValueKind.Array) throw Refuse($"'{name}' is no list; write it in brackets.");
        return [.. list.EnumerateArray().Select(item => Text(item, name))];
    }

    private static string Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Refuse($"'{name}' holds {Shown.Of(value.GetRawText())}, which is no text; write it in quotes.");

    private static ScheduleFormatException Refuse(string message) => new(message);
}
