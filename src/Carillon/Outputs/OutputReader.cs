using System.Text.Json;
using Carillon.Store;

namespace Carillon.Outputs;

/// <summary>
/// Reads a schedule's <c>output</c>: a list whose entries are names or objects, or the older object
/// <c>{"destinations":[…],"format":"json"}</c>. Goes on after a fault, so that all are told at once.
/// </summary>
internal sealed class OutputReader(bool allowAbsolutePaths)
{
    private const int MaxOutputs = 10;
    private const long LeastBytes = 4 * 1024;
    private const long MostBytes = 10L * 1024 * 1024 * 1024;
    private const int MostKept = 1_000;

    private static readonly string[] Members = ["type", "path", "format", "maxBytes", "keep"];
    private static readonly string[] FileMembers = ["path", "maxBytes", "keep"];
    private static readonly string[] OlderMembers = ["destinations", "format"];
    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> Faults => _faults;

    public IReadOnlyList<OutputSpec> Read(JsonElement output) => output.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => [],
        JsonValueKind.Array => ReadList("output", output, OutputFormat.Json),
        JsonValueKind.Object => ReadOlder(output),
        _ => None("output", output, "must be a list such as [{\"type\":\"stdio\",\"format\":\"json\"}], or {\"destinations\":[\"stdio\"],\"format\":\"json\"}"),
    };

    private IReadOnlyList<OutputSpec> ReadOlder(JsonElement output)
    {
        CheckMembers("output", output, OlderMembers);
        var format = ReadFormat("output", output, OutputFormat.Json);
        return output.TryGetProperty("destinations", out var destinations) && destinations.ValueKind == JsonValueKind.Array
            ? ReadList("output.destinations", destinations, format)
            : None("output.destinations", destinations, "must be a list such as [\"stdio\"]");
    }

    private IReadOnlyList<OutputSpec> ReadList(string field, JsonElement list, OutputFormat format)
    {
        var count = list.GetArrayLength();
        if (count > MaxOutputs)
        {
            _faults.Add(new Fault(field, $"{count} items", $"at most {MaxOutputs} are allowed"));
            return [];
        }

        return [.. list.EnumerateArray().Select((entry, i) => ReadEntry($"{field}[{i}]", entry, format)).OfType<OutputSpec>()];
    }

    private OutputSpec? ReadEntry(string field, JsonElement entry, OutputFormat format)
    {
        if (entry.ValueKind == JsonValueKind.String)
        {
            var type = TypeOf(field, entry);
            return type == OutputType.File ? Wrong(field, entry, "needs a path; write {\"type\":\"file\",\"path\":\"logs/name.log\"}") : type is null ? null : new OutputSpec(type.Value, format);
        }

        if (entry.ValueKind != JsonValueKind.Object)
        {
            return Wrong(field, entry, "must be a name such as \"stdio\", or an object such as {\"type\":\"stdio\",\"format\":\"json\"}");
        }

        return ReadObject(field, entry, format);
    }

    private OutputSpec? ReadObject(string field, JsonElement entry, OutputFormat format)
    {
        CheckMembers(field, entry, Members);
        entry.TryGetProperty("type", out var name);
        var type = TypeOf($"{field}.type", name);
        var isFile = type == OutputType.File;
        foreach (var member in isFile || type is null ? [] : FileMembers.Where(member => entry.TryGetProperty(member, out _)))
        {
            _faults.Add(new Fault($"{field}.{member}", entry.GetProperty(member).ToString(), "belongs to the type \"file\" only; remove it"));
        }

        var spec = new OutputSpec(type ?? OutputType.Stdio, ReadFormat(field, entry, format));
        return !isFile ? spec : spec with
        {
            Path = ReadPath(field, entry),
            MaxBytes = ReadNumber($"{field}.maxBytes", entry, "maxBytes", OutputSpec.DefaultMaxBytes, LeastBytes, MostBytes),
            Keep = (int)ReadNumber($"{field}.keep", entry, "keep", OutputSpec.DefaultKeep, 0, MostKept),
        };
    }

    private OutputType? TypeOf(string field, JsonElement name)
    {
        OutputType? type = name.ValueKind != JsonValueKind.String ? null : name.GetString() switch { "stdio" => OutputType.Stdio, "file" => OutputType.File, _ => null };
        if (type is null)
        {
            Wrong(field, name, name.ValueKind == JsonValueKind.Undefined ? "is required; known are stdio, file" : "is unknown; known are stdio, file");
        }

        return type;
    }

    private OutputFormat ReadFormat(string field, JsonElement entry, OutputFormat otherwise)
    {
        if (!entry.TryGetProperty("format", out var format))
        {
            return otherwise;
        }

        switch (format.ValueKind == JsonValueKind.String ? format.GetString() : null)
        {
            case "json":
                return OutputFormat.Json;
            case "text":
                return OutputFormat.Text;
            default:
                Wrong($"{field}.format", format, "is unknown; known are json, text");
                return otherwise;
        }
    }

    private string? ReadPath(string field, JsonElement entry)
    {
        var isThere = entry.TryGetProperty("path", out var path);
        var text = isThere && path.ValueKind == JsonValueKind.String ? path.GetString()! : null;
        if ((text is null ? "is required for a file, such as \"logs/name.log\"" : OutputPath.FaultOf(text, allowAbsolutePaths)) is { } fault)
        {
            Wrong($"{field}.path", path, fault);
        }

        return text;
    }

    private long ReadNumber(string field, JsonElement entry, string member, long otherwise, long least, long most)
    {
        if (!entry.TryGetProperty(member, out var value))
        {
            return otherwise;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Wrong(field, value, $"must be a whole number from {least} to {most}");
        return otherwise;
    }

    private void CheckMembers(string field, JsonElement entry, string[] known)
    {
        foreach (var member in entry.EnumerateObject().Where(member => !known.Contains(member.Name, StringComparer.Ordinal)))
        {
            _faults.Add(new Fault($"{field}.{member.Name}", Shown(member.Value), $"is unknown; known are {string.Join(", ", known)}"));
        }

        foreach (var twice in entry.EnumerateObject().GroupBy(member => member.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            _faults.Add(new Fault($"{field}.{twice.Key}", null, "stands twice"));
        }
    }

    private OutputSpec[] None(string field, JsonElement value, string message)
    {
        Wrong(field, value, message);
        return [];
    }

    private OutputSpec? Wrong(string field, JsonElement value, string message)
    {
        _faults.Add(new Fault(field, Shown(value), message));
        return null;
    }

    private static string? Shown(JsonElement value) =>
        value.ValueKind == JsonValueKind.Undefined ? null : value.GetRawText() is { Length: > 100 } text ? text[..100] + "…" : value.GetRawText();
}
