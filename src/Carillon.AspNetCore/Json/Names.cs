using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.AspNetCore.Json;

/// <summary>The names of choices as the API writes them: the enum's own, in camel case.</summary>
internal static class Names
{
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(Enum.GetName(value) ?? $"{value}");

    public static bool TryParse<T>(string text, out T value) where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (Of(candidate) == text)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }

    public static string Expected<T>(string given) where T : struct, Enum => Expected([.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)], given);

    /// <summary>What was expected, with the nearest of the names.</summary>
    public static string Expected(IReadOnlyList<string> names, string given) =>
        $"must be one of {string.Join(", ", names)}{(Nearest(given, names) is { } nearest ? $"; did you mean '{nearest}'?" : "")}";

    /// <summary>The name that was probably meant; null when none is near.</summary>
    public static string? Nearest(string given, IEnumerable<string> names) => given.Length > 64
        ? null
        : names.Select(name => (Name: name, Distance: Distance(Plain(given), Plain(name))))
            .Where(found => found.Distance <= Math.Max(1, Math.Min(given.Length, found.Name.Length) / 3))
            .OrderBy(found => found.Distance).Select(found => found.Name).FirstOrDefault();

    // run_at, RunAt and run-at all mean runAt.
    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>How many letters must be put in, left out or changed.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}

/// <summary>JSON of a choice.</summary>
internal sealed class ChoiceConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) where T : struct, Enum;
