using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Language;

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
        $"must be one of {string.Join(", ", names)}{(Spelling.Nearest(given, names) is { } nearest ? $"; did you mean '{nearest}'?" : "")}";
}

/// <summary>JSON of a choice.</summary>
internal sealed class ChoiceConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) where T : struct, Enum;
