using System.Buffers;
using System.Text;
using System.Text.Json;
using Carillon.Store;

namespace Carillon.Outputs;

/// <summary>Where records go.</summary>
internal enum OutputType
{
    /// <summary>The server's standard output.</summary>
    Stdio,

    /// <summary>A file that grows and is rotated.</summary>
    File,
}

/// <summary>How a record is written; one line either way.</summary>
internal enum OutputFormat
{
    /// <summary>A JSON object.</summary>
    Json,

    /// <summary>For people.</summary>
    Text,
}

/// <summary>One place to which the ends of a schedule's attempts are written: an entry of a schedule's <c>output</c>.</summary>
internal sealed record OutputSpec(OutputType Type, OutputFormat Format)
{
    public const long DefaultMaxBytes = 10 * 1024 * 1024;
    public const int DefaultKeep = 5;

    /// <summary>The file; under the base directory unless the host allows absolute ones.</summary>
    public string? Path { get; init; }

    /// <summary>A file is rotated before it would grow beyond this.</summary>
    public long MaxBytes { get; init; } = DefaultMaxBytes;

    /// <summary>So many rotated files are kept: <c>x.log.1</c> is the youngest.</summary>
    public int Keep { get; init; } = DefaultKeep;

    /// <summary>Reads a schedule's <c>output</c> in any of its forms. Null or absent is none.</summary>
    /// <param name="output">The JSON as the user wrote it.</param>
    /// <param name="specs">The places; empty when there are faults.</param>
    /// <param name="faults">Everything that is wrong; each names its field from <c>output</c> on.</param>
    /// <param name="allowAbsolutePaths">The host allows files anywhere.</param>
    public static bool TryParse(JsonElement output, out IReadOnlyList<OutputSpec> specs, out IReadOnlyList<Fault> faults, bool allowAbsolutePaths = false)
    {
        var reader = new OutputReader(allowAbsolutePaths);
        try
        {
            specs = reader.Read(output);
            faults = reader.Faults;
        }
        catch (InvalidOperationException)
        {
            (specs, faults) = ([], [new Fault("output", null, "holds text that is not valid Unicode")]);
        }

        specs = faults.Count == 0 ? specs : [];
        return faults.Count == 0;
    }

    /// <inheritdoc cref="TryParse(JsonElement, out IReadOnlyList{OutputSpec}, out IReadOnlyList{Fault}, bool)"/>
    public static bool TryParse(string? output, out IReadOnlyList<OutputSpec> specs, out IReadOnlyList<Fault> faults, bool allowAbsolutePaths = false)
    {
        if (string.IsNullOrWhiteSpace(output))
        {
            (specs, faults) = ([], []);
            return true;
        }

        try
        {
            using var document = JsonDocument.Parse(output);
            return TryParse(document.RootElement, out specs, out faults, allowAbsolutePaths);
        }
        catch (JsonException error)
        {
            (specs, faults) = ([], [new Fault("output", null, $"must be valid JSON: {error.Message}")]);
            return false;
        }
    }

    /// <summary>The one way in which outputs are stored: the array form, with every default written out.</summary>
    public static string Write(IReadOnlyList<OutputSpec> specs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var spec in specs)
            {
                spec.Write(writer);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", Type == OutputType.File ? "file" : "stdio");
        if (Type == OutputType.File)
        {
            writer.WriteString("path", Path);
        }

        writer.WriteString("format", Format == OutputFormat.Text ? "text" : "json");
        if (Type == OutputType.File)
        {
            writer.WriteNumber("maxBytes", MaxBytes);
            writer.WriteNumber("keep", Keep);
        }

        writer.WriteEndObject();
    }
}
