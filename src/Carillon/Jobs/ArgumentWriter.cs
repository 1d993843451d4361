using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Carillon.Jobs;

/// <summary>Writes a job's arguments, or its result, for code that the source generator writes; not meant to be called by hand.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ArgumentWriter
{
    private readonly Utf8JsonWriter _writer;
    private readonly JsonSerializerOptions? _json;

    private ArgumentWriter(Utf8JsonWriter writer, JsonSerializerOptions? json) => (_writer, _json) = (writer, json);

    /// <summary>A request whose arguments are written at once.</summary>
    public static JobRequest Request(string handler, Action<ArgumentWriter> writeMembers) =>
        new() { Handler = handler, Args = Write(null, AsObject(writeMembers)) };

    /// <summary>A request whose arguments are written when it is enqueued, because they need the host's JSON options.</summary>
    public static JobRequest RequestByHost(string handler, Action<ArgumentWriter> writeMembers) =>
        new() { Handler = handler, WriteArgs = json => Write(json, AsObject(writeMembers)) };

    /// <summary>A request with one value as the whole arguments, written when it is enqueued.</summary>
    public static JobRequest RequestOf<T>(string handler, T args) => new() { Handler = handler, WriteArgs = json => Write(json, writer => writer.Value(args)) };

    /// <summary>Keeps a handler's result.</summary>
    public static void Result(JobContext context, Action<ArgumentWriter> write) =>
        context.SetResultJson(System.Text.Encoding.UTF8.GetString(Write(context.Json, write)));

    private static Action<ArgumentWriter> AsObject(Action<ArgumentWriter> writeMembers) => writer =>
    {
        writer._writer.WriteStartObject();
        writeMembers(writer);
        writer._writer.WriteEndObject();
    };

    private static byte[] Write(JsonSerializerOptions? json, Action<ArgumentWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer);
        write(new ArgumentWriter(writer, json));
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A member's name; its value follows.</summary>
    public ArgumentWriter Member(ReadOnlySpan<byte> name)
    {
        _writer.WritePropertyName(name);
        return this;
    }

    /// <summary>A text.</summary>
    public void Text(string? value) => _writer.WriteStringValue(value);

    /// <summary>True or false.</summary>
    public void Boolean(bool? value) => Write(value, static (writer, given) => writer.WriteBooleanValue(given));

    /// <summary>One character.</summary>
    public void Character(char? value) => _writer.WriteStringValue(value?.ToString());

    /// <summary>A number; one that JSON cannot say (not a number, infinite) as a text.</summary>
    public void Number<T>(T? value) where T : struct, INumber<T> => Write(value, static (writer, number) =>
    {
        var text = number.ToString(null, CultureInfo.InvariantCulture);
        if (T.IsFinite(number))
        {
            writer.WriteRawValue(text, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    });

    /// <summary>A UUID.</summary>
    public void Uuid(Guid? value) => Write(value, static (writer, given) => writer.WriteStringValue(given));

    /// <summary>A date and time of day.</summary>
    public void DateTime(DateTime? value) => Write(value, static (writer, given) => writer.WriteStringValue(given));

    /// <summary>An instant.</summary>
    public void DateTimeOffset(DateTimeOffset? value) => Write(value, static (writer, given) => writer.WriteStringValue(given));

    /// <summary>A date.</summary>
    public void DateOnly(DateOnly? value) => _writer.WriteStringValue(value?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>A time of day.</summary>
    public void TimeOnly(TimeOnly? value) => _writer.WriteStringValue(value?.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture));

    /// <summary>A duration, in the invariant format of .NET, which its own JSON reads too.</summary>
    public void TimeSpan(TimeSpan? value) => _writer.WriteStringValue(value?.ToString("c", CultureInfo.InvariantCulture));

    /// <summary>An address.</summary>
    public void Uri(Uri? value) => _writer.WriteStringValue(value?.OriginalString);

    /// <summary>Bytes as base64.</summary>
    public void Bytes(byte[]? value)
    {
        if (value is null)
        {
            _writer.WriteNullValue();
            return;
        }

        _writer.WriteBase64StringValue(value);
    }

    /// <summary>A value of an enumeration by its name in camelCase; one without a name by its number.</summary>
    public void Choice<T>(T? value) where T : struct, Enum => Write(value, static (writer, choice) =>
    {
        var text = choice.ToString();
        if (char.IsAsciiDigit(text[0]) || text[0] == '-')
        {
            writer.WriteRawValue(text);
        }
        else
        {
            writer.WriteStringValue(string.Join(", ", text.Split(", ").Select(JsonNamingPolicy.CamelCase.ConvertName)));
        }
    });

    /// <summary>A list, element by element.</summary>
    public void List<T>(IEnumerable<T>? values, Action<ArgumentWriter, T> write)
    {
        if (values is null)
        {
            _writer.WriteNullValue();
            return;
        }

        _writer.WriteStartArray();
        foreach (var value in values)
        {
            write(this, value);
        }

        _writer.WriteEndArray();
    }

    /// <summary>A value of the host's own types, as the host's JSON options say.</summary>
    public void Value<T>(T value) => JsonSerializer.Serialize(_writer, value, (JsonTypeInfo<T>)_json!.GetTypeInfo(typeof(T)));

    /// <summary>The same, or null.</summary>
    public void ValueOrNull<T>(T? value) where T : struct
    {
        if (value is { } given)
        {
            Value(given);
        }
        else
        {
            _writer.WriteNullValue();
        }
    }

    private void Write<T>(T? value, Action<Utf8JsonWriter, T> write) where T : struct
    {
        if (value is { } given)
        {
            write(_writer, given);
        }
        else
        {
            _writer.WriteNullValue();
        }
    }
}
