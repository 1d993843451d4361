using System.Collections.Concurrent;

namespace Carillon.Postgres;

/// <summary>
/// The statements as they stand in the code name the schema <c>carillon</c>; here they learn the one that was chosen. Named in each of
/// them, not by a search path: that would be state of a session, which a pooler between us and the server does not keep.
/// </summary>
internal sealed class Sql(string schema)
{
    private const string Written = "carillon.";
    private readonly string _prefix = $"\"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\".";
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    public string Schema => schema;

    /// <summary>The schema's name as it stands in a statement.</summary>
    public string Quoted { get; } = $"\"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Where the processes of one scheduler tell each other news.</summary>
    public string Channel { get; } = schema.Replace("\"", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal);

    /// <summary>The statement for this schema; constant texts are turned once.</summary>
    public string Of(string statement) => schema == "carillon" ? statement : _known.GetOrAdd(statement, Turn);

    /// <summary>A text that is put together for one use.</summary>
    public string Turn(string statement) => schema == "carillon" ? statement : statement.Replace(Written, _prefix, StringComparison.Ordinal);
}
