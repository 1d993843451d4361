using System.Text.Json;

namespace Carillon.Server.Cli;

/// <summary>An RFC 9457 answer as lines for people.</summary>
internal static class Problem
{
    /// <summary>Title or detail, then one line for each fault; null when the text is no problem document.</summary>
    public static string? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Lines(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Lines(JsonElement problem)
    {
        var faults = problem.Items("errors").Concat(problem.Items("faults")).Select(Fault).ToList();
        var detail = problem.Text("detail") ?? problem.Text("title") ?? "";

        // The detail of a single fault is that fault.
        List<string> lines = faults.Contains(detail, StringComparer.Ordinal) ? [detail] : [detail, .. faults.Select(fault => $"  {fault}")];
        lines.RemoveAll(string.IsNullOrWhiteSpace);
        return lines.Count == 0 ? null : string.Join(Environment.NewLine, lines.Distinct());
    }

    private static string Fault(JsonElement fault)
    {
        if (fault.ValueKind != JsonValueKind.Object)
        {
            return $"{fault}";
        }

        var value = fault.Text("value") is { } given ? $" ({given})" : "";
        return $"{fault.Text("field")}{value}: {fault.Text("message") ?? fault.Text("detail")}";
    }
}
