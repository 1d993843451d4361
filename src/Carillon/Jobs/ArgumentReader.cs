using System.ComponentModel;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Carillon.Jobs;

/// <summary>Reads one value where the reader stands.</summary>
/// <param name="reader">Stands on the value.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate T ArgumentReading<out T>(ref ArgumentReader reader);

/// <summary>
/// Reads a job's arguments forwards, without allocating, for code that the source generator writes; not meant to be called by hand.
/// What does not fit throws an <see cref="ArgumentsException"/> that says where, what stands there and what was expected.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref partial struct ArgumentReader
{
    private readonly JsonSerializerOptions _json;
    private Utf8JsonReader _reader;
    private ReadOnlySpan<byte> _member;
    private List<int>? _indexes;
    private bool _isMissing;

    /// <summary>Stands before the first member of the job's arguments; no arguments are an object without members.</summary>
    public ArgumentReader(JobContext context)
    {
        _json = context.Json;
        _reader = new Utf8JsonReader(context.Args.Length == 0 ? "{}"u8 : context.Args.Span, new JsonReaderOptions { MaxDepth = 64 });
        Advance();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            throw Refuse("a JSON object with the handler's parameters as members");
        }
    }

    /// <summary>Goes to the next member's name; false at the end.</summary>
    public bool NextMember()
    {
        _member = default;
        Advance();
        return _reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>True when the member has this name, case aside; then the reader stands on its value.</summary>
    public bool Is(ReadOnlySpan<byte> name)
    {
        if (!_reader.ValueTextEquals(name) && !Ascii.EqualsIgnoreCase(_reader.ValueSpan, name))
        {
            return false;
        }

        _member = name;
        Advance();
        return true;
    }

    /// <summary>Passes over a member that no parameter asks for: a newer node may have written it.</summary>
    public void SkipMember()
    {
        Advance();
        try
        {
            _reader.Skip();
        }
        catch (JsonException error)
        {
            throw NotJson(error);
        }
    }

    /// <summary>The next reading fails and says that the member is missing and what was expected.</summary>
    public void Miss(ReadOnlySpan<byte> name)
    {
        _member = name;
        _isMissing = true;
    }

    /// <summary>True on a null.</summary>
    public readonly bool IsNull() => _reader.TokenType == JsonTokenType.Null;

    /// <summary>A list, element by element.</summary>
    public List<T> List<T>(ArgumentReading<T> read)
    {
        Expect(JsonTokenType.StartArray, "an array");
        var items = new List<T>();
        var indexes = _indexes ??= [];
        for (Advance(); _reader.TokenType != JsonTokenType.EndArray; Advance())
        {
            indexes.Add(items.Count);
            items.Add(read(ref this));
            indexes.RemoveAt(indexes.Count - 1);
        }

        return items;
    }

    /// <summary>A value of the host's own types, as the host's JSON options say.</summary>
    public T Value<T>()
    {
        if (_isMissing)
        {
            throw Refuse(typeof(T).Name);
        }

        var contract = (JsonTypeInfo<T>)_json.GetTypeInfo(typeof(T));
        try
        {
            return JsonSerializer.Deserialize(ref _reader, contract) ?? throw Refuse(typeof(T).Name);
        }
        catch (JsonException error)
        {
            throw new ArgumentsException($"{Path()}{error.Path.AsSpan(error.Path is ['$', ..] ? 1 : 0)}: does not fit {typeof(T).Name}: {error.Message}", error);
        }
    }

    private void Expect(JsonTokenType token, string expected)
    {
        if (_isMissing || _reader.TokenType != token)
        {
            throw Refuse(expected);
        }
    }

    private void Advance()
    {
        try
        {
            _ = _reader.Read();
        }
        catch (JsonException error)
        {
            throw NotJson(error);
        }
    }

    private readonly ArgumentsException NotJson(JsonException error) => new($"{Path()}: the arguments are not valid JSON: {error.Message}", error);

    private readonly ArgumentsException Refuse(string expected) => _isMissing
        ? new ArgumentsException($"{Path()}: is missing; expected {expected}")
        : new ArgumentsException($"{Path()}: {Shown()} does not fit; expected {expected}");

    private readonly string Path()
    {
        var path = new StringBuilder("$");
        if (!_member.IsEmpty)
        {
            path.Append('.').Append(Encoding.UTF8.GetString(_member));
        }

        foreach (var index in _indexes ?? [])
        {
            path.Append(CultureInfo.InvariantCulture, $"[{index}]");
        }

        return path.ToString();
    }

    // Enough to find it, not enough to fill a log with it.
    private readonly string Shown() => _reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.Null => "null",
        _ when _reader.ValueSpan.Length > 40 => $"'{Encoding.UTF8.GetString(_reader.ValueSpan[..40])}…'",
        _ => $"'{Encoding.UTF8.GetString(_reader.ValueSpan)}'",
    };
}
