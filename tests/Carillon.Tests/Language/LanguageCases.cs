using System.Globalization;
using System.Text.Json;

namespace Carillon.Tests.Language;

/// <summary>The cases gathered from other libraries' suites: one JSON object a line in <c>Data/</c>.</summary>
internal static class LanguageCases
{
    public static IEnumerable<JsonElement> Read(string file)
    {
        foreach (var line in File.ReadLines(Path.Combine(Root(), "tests", "Carillon.Tests", "Language", "Data", file)))
        {
            yield return JsonDocument.Parse(line).RootElement;
        }
    }

    public static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Carillon.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
