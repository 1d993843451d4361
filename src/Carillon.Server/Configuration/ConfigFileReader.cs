using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Handlers;
using Carillon.Jobs;
using Carillon.Language;
using Carillon.Outputs;
using Carillon.Scheduling;
using Carillon.Server.Cli;
using Carillon.Server.Configuration.Yaml;
using Carillon.Store;

namespace Carillon.Server.Configuration;

/// <summary>Reads a body of the REST API strictly; notes every fault under the path, and answers what it could read.</summary>
internal delegate ScheduleRequest? ReadSchedule(JsonElement body, string path, List<Fault> faults);

/// <summary>Text of a configuration file in, the file or all of its faults out. Touches nothing.</summary>
internal sealed class ConfigFileReader
{
    private static readonly ScheduleDefaults Defaults = new("UTC");
    private static readonly string[] Sections = ["owner", "schedules", "calendars", "http", "queues", "handlers", "settings"];
    private readonly string _path;
    private readonly ReadSchedule _readSchedule;
    private readonly List<FileFault> _faults = [];

    private ConfigFileReader(string path, ReadSchedule readSchedule) => (_path, _readSchedule) = (path, readSchedule);

    /// <summary>The file; null when <paramref name="faults"/> holds what is wrong with it.</summary>
    public static ConfigFile? Read(string path, string text, ReadSchedule readSchedule, out IReadOnlyList<FileFault> faults)
    {
        var reader = new ConfigFileReader(path, readSchedule);
        var file = reader.Read(text);
        faults = [.. reader._faults.OrderBy(fault => fault.At?.Line ?? 0).ThenBy(fault => fault.At?.Column ?? 0)];
        return faults.Count == 0 ? file : null;
    }

    private ConfigFile? Read(string text)
    {
        YamlTree? tree;
        try
        {
            tree = YamlReader.Read(text);
        }
        catch (YamlFaultException error)
        {
            _faults.Add(new FileFault(_path, error.At, new Fault("", null, error.Message)));
            return null;
        }

        if (tree is null or YamlTree.Mapping)
        {
            return Read(tree as YamlTree.Mapping ?? new YamlTree.Mapping(new Place(1, 1), []));
        }

        _faults.Add(new FileFault(_path, tree.At, new Fault("", null, $"must be a mapping with the members {string.Join(", ", Sections)}; such as: schedules: []")));
        return null;
    }

    private ConfigFile Read(YamlTree.Mapping root)
    {
        var json = YamlJson.Of(root, "");
        _faults.AddRange(json.Faults.Select(pair => new FileFault(_path, pair.At, pair.Fault)));
        var sections = (JsonObject)json.Root!;
        Unknown(json, sections, "", Sections);
        var owner = ReadOwner(json, sections["owner"]);
        return new ConfigFile
        {
            Path = _path,
            Owner = owner,
            Schedules = ReadSchedules(json, sections["schedules"], owner),
            Calendars = ReadCalendars(json, sections["calendars"]),
            HttpAllow = ReadHttp(json, sections["http"]),
            Queues = ReadQueues(json, sections["queues"]),
            Handlers = HandlersSection.Read(sections["handlers"], (place, fault) => Add(json, place, fault)),
            Settings = SettingsSection.Read(sections["settings"], (place, fault) => Add(json, place, fault)),
        };
    }

    private string ReadOwner(YamlJson json, JsonNode? node)
    {
        var owner = node is null ? Path.GetFileName(_path) : AsText(node);
        if (owner is null)
        {
            Add(json, "owner", new Fault("owner", node!.ToJsonString(), "must be text: the name under which this file owns its schedules"));
            return "";
        }

        AddAll(json, "owner", JobRules.Name("owner", owner));
        if (owner == "code")
        {
            Add(json, "owner", new Fault("owner", owner, "is the name of the schedules that stand on handlers; choose another"));
        }

        return owner;
    }

    private List<ConfigSchedule> ReadSchedules(YamlJson json, JsonNode? node, string owner)
    {
        List<ConfigSchedule> schedules = [];
        if (node is null)
        {
            return schedules;
        }

        if (node is not JsonArray list)
        {
            Add(json, "schedules", new Fault("schedules", null, "must be a list of schedules; schedules: [] for none"));
            return schedules;
        }

        foreach (var (body, index) in list.Select((body, index) => (body, index)))
        {
            if (ReadOne(json, body, $"schedules[{index}]", owner) is { } schedule)
            {
                schedules.Add(schedule);
            }
        }

        Twice(json, schedules);
        return schedules;
    }

    private ConfigSchedule? ReadOne(YamlJson json, JsonNode? body, string path, string owner)
    {
        List<Fault> faults = [];
        var element = body is null ? default : JsonSerializer.SerializeToElement(body, CliJson.Default.JsonNode);
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new Fault(path, body?.ToJsonString(), "must be a schedule: a mapping with name, handler, and one of cron, every, at"));
        }

        var request = faults.Count > 0 ? null : _readSchedule(element, path, faults);
        if (request is not null)
        {
            _ = OutputSpec.TryParse(request.Output, out _, out var outputs);
            var rules = ScheduleRules.Check(request, Defaults).Concat(outputs).DistinctBy(fault => fault.Field).Select(fault => fault with { Field = $"{path}.{fault.Field}" });
            faults.AddRange(rules.ExceptBy(faults.Select(fault => fault.Field), fault => fault.Field).ToList());
        }

        foreach (var fault in faults)
        {
            Add(json, fault.Field, fault);
        }

        return request is null || faults.Count > 0 ? null : new ConfigSchedule(request with { Owner = owner }, MarkOf(body!), json.PlaceOf(path)?.Line ?? 1);
    }

    private void Twice(YamlJson json, List<ConfigSchedule> schedules)
    {
        foreach (var same in schedules.GroupBy(schedule => schedule.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            var lines = string.Join(" and ", same.Select(schedule => schedule.Line));
            _faults.Add(new FileFault(_path, new Place(same.Last().Line, 1), new Fault("name", same.Key, $"stands in lines {lines}; a schedule's name is unique")));
        }
    }

    private Dictionary<string, string> ReadCalendars(YamlJson json, JsonNode? node)
    {
        var calendars = (Members(json, node, "calendars") ?? []).ToDictionary(member => member.Key, member => member.Value?.ToJsonString() ?? "null", StringComparer.Ordinal);
        foreach (var (name, calendar) in calendars)
        {
            var path = $"calendars.{name}";
            AddAll(json, path, JobRules.Name(path, name));

            // Calendars of other files may be named: whether they exist is the store's to say.
            if (!Calendar.TryParse(calendar, other => calendars.GetValueOrDefault(other, "{}"), out _, out var error))
            {
                Add(json, path, new Fault(path, null, error));
            }
        }

        return calendars;
    }

    private List<string> ReadHttp(YamlJson json, JsonNode? node)
    {
        List<string> allowed = [];
        if (Members(json, node, "http") is not { } http)
        {
            return allowed;
        }

        Unknown(json, http, "http", ["allow"]);
        if (http["allow"] is null)
        {
            return allowed;
        }

        if (http["allow"] is not JsonArray list || list.Any(item => AsText(item) is null))
        {
            Add(json, "http.allow", new Fault("http.allow", null, "must be a list of hosts, addresses or networks; such as: allow: [\"127.0.0.1:8000\"]"));
            return allowed;
        }

        allowed.AddRange(list.Select(item => AsText(item)!));
        foreach (var (target, index) in allowed.Select((target, index) => (target, index)))
        {
            if (!AllowedTarget.TryParse(target, out _, out var fault))
            {
                Add(json, $"http.allow[{index}]", new Fault($"http.allow[{index}]", target, fault));
            }
        }

        return allowed;
    }

    private Dictionary<string, QueueLimits> ReadQueues(YamlJson json, JsonNode? node)
    {
        Dictionary<string, QueueLimits> limits = new(StringComparer.Ordinal);
        foreach (var (name, value) in Members(json, node, "queues") ?? [])
        {
            var path = $"queues.{name}";
            List<Fault> faults = [.. JobRules.Name(path, name)];
            limits[name] = QueueLimitsJson.Read(value, path, faults);
            faults.ForEach(fault => Add(json, fault.Field.StartsWith(path, StringComparison.Ordinal) ? fault.Field : path, fault));
        }

        return limits;
    }

    private JsonObject? Members(YamlJson json, JsonNode? node, string path)
    {
        if (node is not null and not JsonObject)
        {
            Add(json, path, new Fault(path, null, "must be a mapping: names with values"));
        }

        return node as JsonObject;
    }

    private void Unknown(YamlJson json, JsonObject members, string path, string[] known)
    {
        foreach (var name in members.Select(member => member.Key).Except(known, StringComparer.Ordinal))
        {
            var place = path.Length == 0 ? name : $"{path}.{name}";
            var nearest = Spelling.Nearest(name, known);
            Add(json, place, new Fault(place, null, $"is unknown{(nearest is null ? $"; known are {string.Join(", ", known)}" : $"; did you mean '{nearest}'?")}"));
        }
    }

    private void AddAll(YamlJson json, string place, IEnumerable<Fault> faults)
    {
        foreach (var fault in faults)
        {
            Add(json, place, fault);
        }
    }

    private void Add(YamlJson json, string place, Fault fault) => _faults.Add(new FileFault(_path, json.PlaceOf(place), fault));

    private static string? AsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static string MarkOf(JsonNode body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body.ToJsonString())).AsSpan(0, 16));
}
