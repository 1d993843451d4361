using System.Text.Encodings.Web;
using System.Text.Json;

namespace Carillon.Server.Cli;

/// <summary>Where a verb writes: answers to <paramref name="Out"/>, everything else to <paramref name="Error"/>. Values are made harmless on the way.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, int? Width = null)
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Terminal OfProcess() => new(Console.Out, Console.Error, Console.IsOutputRedirected ? null : WindowWidth());

    public void Line(string text = "") => Out.WriteLine(Plain.Text(text));

    public void Note(string text) => Error.WriteLine(Plain.Text(text));

    /// <summary>A name and its value, aligned; nothing when there is no value.</summary>
    public void Field(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Out.WriteLine($"{name + ":",-16}{Plain.Text(value)}");
        }
    }

    public void Json(JsonElement answer)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            answer.WriteTo(writer);
        }

        Out.WriteLine(Plain.Json(System.Text.Encoding.UTF8.GetString(buffer.ToArray())));
    }

    private static int? WindowWidth()
    {
        try
        {
            return Console.WindowWidth is > 20 and var width ? width : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
