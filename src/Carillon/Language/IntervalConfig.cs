using System.Text.Json;

namespace Carillon.Language;

/// <summary>An interval in parts, as other schedulers store it: <c>{"hours":1,"minutes":0,"seconds":0}</c>, also with weeks and days.</summary>
internal static class IntervalConfig
{
    private const string Example = "an object of whole numbers such as {\"hours\":1,\"minutes\":0,\"seconds\":0}";
    private static readonly string[] Units = ["weeks", "days", "hours", "minutes", "seconds"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>True when the text is meant to be one.</summary>
    public static bool IsMeant(string text) => text.AsSpan().TrimStart().StartsWith("{");

    public static ParseError? Read(string text, out TimeSpan interval)
    {
        interval = default;
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return Read(text, document.RootElement, out interval);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            // An ArgumentException is half a surrogate pair.
            var at = (error as JsonException)?.BytePositionInLine ?? 0;
            return new ParseError((int)Math.Min(at, text.Length), 0, "The interval is not JSON", Example);
        }
    }

    private static ParseError? Read(string text, JsonElement config, out TimeSpan interval)
    {
        interval = default;
        if (config.ValueKind != JsonValueKind.Object) return new ParseError(0, text.Length, "The interval is no object", Example);
        foreach (var part in config.EnumerateObject())
        {
            var unit = Array.IndexOf(Units, part.Name);
            if (unit < 0) return At(text, part.Name, $"'{Shown.Of(part.Name)}' is no part of an interval", "weeks, days, hours, minutes or seconds");
            if (part.Value.ValueKind != JsonValueKind.Number || !part.Value.TryGetInt32(out var count) || count is < 0 or > 1_000_000_000) return At(text, part.Name, $"'{part.Name}' is out of range", "a whole number that is not negative");
            interval += count * (unit switch { 0 => TimeSpan.FromDays(7), 1 => TimeSpan.FromDays(1), 2 => TimeSpan.FromHours(1), 3 => TimeSpan.FromMinutes(1), _ => TimeSpan.FromSeconds(1) });
        }

        return interval > TimeSpan.Zero ? null : new ParseError(0, text.Length, "The interval is empty", Example);
    }

    private static ParseError At(string text, string name, string problem, string expected) => new(Math.Max(0, text.IndexOf(name, StringComparison.Ordinal)), Math.Min(name.Length, text.Length), problem, expected);
}
