using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Jobs;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.Server.Configuration;

/// <summary>A queue's limits as a file says them: a number alone (how many at once), null for none, or a mapping.</summary>
internal static class QueueLimitsJson
{
    private static readonly string[] Known = ["maxConcurrent", "maxRate", "maxRatePerGroup", "fair"];

    /// <summary>Reads them; the faults stand under <paramref name="path"/>.</summary>
    public static QueueLimits Read(JsonNode? node, string path, ICollection<Fault> faults)
    {
        if (node is not JsonObject members)
        {
            return new QueueLimits { MaxConcurrent = Count(node, path, faults) };
        }

        foreach (var name in members.Select(member => member.Key).Except(Known, StringComparer.Ordinal))
        {
            faults.Add(new Fault($"{path}.{name}", null, $"is unknown; known are {string.Join(", ", Known)}"));
        }

        return new QueueLimits
        {
            MaxConcurrent = Count(members["maxConcurrent"], $"{path}.maxConcurrent", faults),
            MaxRate = Rate(members["maxRate"], $"{path}.maxRate", faults),
            MaxRatePerGroup = Rate(members["maxRatePerGroup"], $"{path}.maxRatePerGroup", faults),
            IsFair = Flag(members["fair"], $"{path}.fair", faults),
        };
    }

    /// <summary>As it is remembered.</summary>
    public static JsonNode? Write(QueueLimits limits) => new JsonObject
    {
        ["maxConcurrent"] = limits.MaxConcurrent,
        ["maxRate"] = Text(limits.MaxRate),
        ["maxRatePerGroup"] = Text(limits.MaxRatePerGroup),
        ["fair"] = limits.IsFair,
    };

    private static int? Count(JsonNode? node, string path, ICollection<Fault> faults)
    {
        if (node is null)
        {
            return null;
        }

        if (node.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue<long>(out var count) && count is >= 1 and <= JobRules.MaxLimit)
        {
            return (int)count;
        }

        faults.Add(new Fault(path, node.ToJsonString(), $"must be how many of its jobs may run at once, from 1 to {JobRules.MaxLimit}, or null for no limit"));
        return null;
    }

    private static RateLimit? Rate(JsonNode? node, string path, ICollection<Fault> faults)
    {
        if (node is null)
        {
            return null;
        }

        var text = node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : "";
        if (RateText.TryParse(text, out var rate, out var fault))
        {
            return new RateLimit(rate.Count, rate.Per, rate.Burst);
        }

        faults.Add(new Fault(path, node.ToJsonString(), fault));
        return null;
    }

    private static bool Flag(JsonNode? node, string path, ICollection<Fault> faults)
    {
        if (node?.GetValueKind() is null or JsonValueKind.True or JsonValueKind.False)
        {
            return node?.GetValue<bool>() == true;
        }

        faults.Add(new Fault(path, node.ToJsonString(), "must be true or false"));
        return false;
    }

    private static string? Text(RateLimit? rate) => rate is null ? null : RateText.Format(rate.Count, rate.Per, rate.Burst);
}
