using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Handlers;
using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.Server.Configuration;

/// <summary>The section <c>handlers:</c>: what the file says of the server's handlers by name, in any case, in place of their code.</summary>
internal static class HandlersSection
{
    private const string Unset = "null for what its code says";
    private static readonly string[] Known = ["maxConcurrent", "keepFinished"];

    public static IReadOnlyDictionary<string, HandlerSettings> Read(JsonNode? node, Action<string, Fault> refuse)
    {
        Dictionary<string, HandlerSettings> handlers = new(StringComparer.OrdinalIgnoreCase);
        if (node is not null and not JsonObject)
        {
            refuse("handlers", new Fault("handlers", null, "must be a mapping: names with values"));
        }

        foreach (var (name, value) in node as JsonObject ?? [])
        {
            List<Fault> faults = [.. Stranger(name)];
            if (!handlers.TryAdd(name, ReadOne(value, $"handlers.{name}", faults)))
            {
                faults.Add(new Fault($"handlers.{name}", null, "is given twice, in two spellings; keep one of them"));
            }

            faults.ForEach(fault => refuse(fault.Field, fault));
        }

        return handlers;
    }

    // The server has the handlers that come with it, and no others.
    private static IEnumerable<Fault> Stranger(string name)
    {
        if (!BuiltInHandlers.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            var meant = Spelling.Nearest(name, BuiltInHandlers.Names) is { } nearest ? $"did you mean '{nearest}'?" : $"it has {string.Join(", ", BuiltInHandlers.Names)}";
            yield return new Fault($"handlers.{name}", null, $"is no handler of this server; {meant}");
        }
    }

    private static HandlerSettings ReadOne(JsonNode? node, string path, List<Fault> faults)
    {
        if (node is not JsonObject members)
        {
            faults.AddRange(node is null ? [] : [new Fault(path, node.ToJsonString(), $"must be a mapping with {string.Join(", ", Known)}; such as {{maxConcurrent: 4}}")]);
            return new HandlerSettings();
        }

        foreach (var name in members.Select(member => member.Key).Except(Known, StringComparer.Ordinal))
        {
            var meant = Spelling.Nearest(name, Known) is { } nearest ? $"did you mean '{nearest}'?" : $"known are {string.Join(", ", Known)}";
            faults.Add(new Fault($"{path}.{name}", null, $"is unknown; {meant}"));
        }

        return new HandlerSettings { MaxConcurrent = Count(members["maxConcurrent"], $"{path}.maxConcurrent", faults), KeepFinished = Span(members["keepFinished"], $"{path}.keepFinished", faults) };
    }

    private static int? Count(JsonNode? node, string path, List<Fault> faults)
    {
        if (node is null || (node.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue<long>(out var count) && count is >= 1 and <= JobRules.MaxLimit))
        {
            return (int?)node?.GetValue<long>();
        }

        faults.Add(new Fault(path, node.ToJsonString(), $"must be how many of its jobs may run at once, from 1 to {JobRules.MaxLimit}, or {Unset}"));
        return null;
    }

    private static TimeSpan? Span(JsonNode? node, string path, List<Fault> faults)
    {
        if (node is null)
        {
            return null;
        }

        var text = node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
        if (Durations.TryParse(text, out var kept, out _))
        {
            return kept;
        }

        faults.Add(new Fault(path, text, $"must be how long its ended jobs are kept, such as 12h, 30d or P30D, or {Unset}"));
        return null;
    }
}
