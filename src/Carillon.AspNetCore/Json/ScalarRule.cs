using System.Text.Json;
using Carillon.AspNetCore.Shapes;
using Carillon.Jobs;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.AspNetCore.Json;

/// <summary>What a value of a plain type must look like: null when it fits, else what was expected.</summary>
internal static class ScalarRule
{
    private static readonly Dictionary<Type, Func<JsonElement, string?>> Rules = new()
    {
        [typeof(string)] = Text,
        [typeof(bool)] = static element => element.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false",
        [typeof(int)] = Whole,
        [typeof(long)] = static element => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out _) ? null : "must be a whole number",
        [typeof(double)] = static element => element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && double.IsFinite(number) ? null : "must be a number",
        [typeof(Guid)] = static element => element.ValueKind == JsonValueKind.String && element.TryGetGuid(out _) ? null : "must be an id such as 0199e5a0-0000-7000-8000-000000000000",
        [typeof(TimeSpan)] = Duration,
        [typeof(RateLimit)] = Rate,
        [typeof(DateTimeOffset)] = static element => element.ValueKind == JsonValueKind.String && Instants.TryParse(element.GetString(), out _) ? null : Instants.Expected,
        [typeof(RawJson)] = RawJsonRule.Check,
        [typeof(OutputJson)] = OutputJson.Check,
        [typeof(AfterBody)] = AfterBody.Check,
        [typeof(Backoff)] = Choice<Backoff>,
        [typeof(OnConflict)] = Choice<OnConflict>,
        [typeof(AfterCondition)] = Choice<AfterCondition>,
        [typeof(MisfirePolicy)] = Choice<MisfirePolicy>,
        [typeof(OverlapPolicy)] = Choice<OverlapPolicy>,
        [typeof(GapPolicy)] = Choice<GapPolicy>,
        [typeof(RepeatPolicy)] = Choice<RepeatPolicy>,
        [typeof(BusinessDayPolicy)] = Choice<BusinessDayPolicy>,
        [typeof(ClockGap)] = Choice<ClockGap>,
        [typeof(ClockRepeat)] = Choice<ClockRepeat>,
        [typeof(Carillon.Access.Role)] = Choice<Carillon.Access.Role>,
    };

    /// <summary>The rule of a member of this type; a priority's names its own range.</summary>
    public static Func<JsonElement, string?>? Find(Type type, string path) =>
        type == typeof(int) && path.Split('.')[^1] == "priority" ? Priority : Rules.GetValueOrDefault(type);

    /// <summary>The value as the fault shows it: short, and null for what is too large to say.</summary>
    public static string? Shown(JsonElement element)
    {
        if (element.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            return element.ValueKind == JsonValueKind.Object ? "{…}" : "[…]";
        }

        var raw = element.GetRawText();
        var text = element.ValueKind == JsonValueKind.String ? raw[1..^1] : raw;
        return text.Length <= 80 ? text : text[..80] + "…";
    }

    private static string? Text(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            return "must be text: \"…\"";
        }

        return RawJsonRule.IsUnicode(element, out var text) && !text.Contains('\0', StringComparison.Ordinal) ? null : "must be valid Unicode without NUL characters";
    }

    private static string? Whole(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Number)
        {
            return "must be a whole number";
        }

        return element.TryGetInt32(out _) ? null : element.GetRawText().All(letter => letter is '-' or (>= '0' and <= '9')) ? "is too large a number" : "must be a whole number";
    }

    private static string? Priority(JsonElement element) =>
        Whole(element) is null ? null : $"must be a whole number from {JobRules.LeastPriority} to {JobRules.MostPriority}";

    private static string? Duration(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Number)
        {
            return $"must be text with a unit; if seconds are meant, write \"{Shown(element)}s\"";
        }

        if (element.ValueKind != JsonValueKind.String || !RawJsonRule.IsUnicode(element, out var text))
        {
            return "must be a duration such as \"30s\", \"5m\", \"1h30m\" or \"PT5M\"";
        }

        return Durations.TryParse(text, out _, out var error) ? null : error.Message;
    }

    private static string? Rate(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String || !RawJsonRule.IsUnicode(element, out var text))
        {
            return "must be a rate such as \"10/1m\", \"100/1h burst 20\" or \"5/s\"";
        }

        return RateText.TryParse(text, out _, out var fault) ? null : fault;
    }

    private static string? Choice<T>(JsonElement element) where T : struct, Enum
    {
        if (element.ValueKind != JsonValueKind.String || !RawJsonRule.IsUnicode(element, out var text))
        {
            return Names.Expected<T>("");
        }

        return Names.TryParse<T>(text, out _) ? null : Names.Expected<T>(text);
    }
}
