using System.Text.Json;

namespace Carillon.Testing;

/// <summary>Reads the text out of a journal entry of log lines.</summary>
internal static class LogLines
{
    public static IReadOnlyList<string> Read(string data)
    {
        using var entry = JsonDocument.Parse(data);
        return [.. entry.RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("text").GetString()!)];
    }
}
