using System.Text.Json.Serialization.Metadata;
using Carillon.AspNetCore.Access;
using Carillon.AspNetCore.Json;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Routing;

/// <summary>One call that has passed the gate: who calls, and what endpoints need of the request.</summary>
internal sealed class ApiCall(HttpContext http, Doors doors, Caller caller)
{
    private readonly List<Fault> _faults = [];

    public HttpContext Http => http;

    public Doors Doors => doors;

    public Caller Caller => caller;

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>This caller's act, for the journal.</summary>
    public Act Act(string what) => new(caller.Name, caller.From, what);

    /// <summary>A part of the path, as the router decoded it.</summary>
    public string Path(string name) => (string?)http.Request.RouteValues[name] ?? "";

    /// <summary>The path's <c>{name}</c>. A slash in a name arrives encoded, and servers leave that one letter encoded.</summary>
    public string Name() => Path("name").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>An address of this API below the prefix it is mapped under.</summary>
    public string Link(string path)
    {
        var here = http.Request.Path.Value ?? "";
        var at = here.IndexOf("/api/v1/", StringComparison.Ordinal);
        return $"{http.Request.PathBase}{(at > 0 ? here[..at] : "")}{path}";
    }

    /// <summary>A part of the path that must be a job's id; an ill-formed one names no job.</summary>
    public Guid? PathId(string name = "id") => Guid.TryParse(Path(name), out var id) ? id : null;

    /// <summary>The body by its contract; throws with all its faults.</summary>
    public Task<T> ReadAsync<T>(JsonTypeInfo<T> contract) => BodyReader.ReadAsync(http, contract, doors.Options.MaxBodyBytes);

    /// <summary>The body by its contract, or null when none was sent.</summary>
    public async Task<T?> ReadOptionalAsync<T>(JsonTypeInfo<T> contract) where T : class =>
        BodyReader.IsEmpty(http) ? null : await ReadAsync(contract);

    /// <summary>A query parameter; null when it is absent or empty.</summary>
    public string? Query(string name)
    {
        var values = http.Request.Query[name];
        if (values.Count > 1)
        {
            Refuse(name, string.Join(", ", values.ToArray()), "is given more than once; give it once");
        }

        var text = values.Count > 0 ? values[0] : null;
        if (text?.Length > 200 && name != "cursor")
        {
            Refuse(name, text[..40] + "…", $"has {text.Length} characters; at most 200 are allowed");
        }

        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>Notes a fault of the request; <see cref="ThrowFaults"/> reports them together.</summary>
    public void Refuse(string field, string? value, string message) => _faults.Add(new Fault(field, value, message));

    /// <summary>Ends the call with a 400 if anything was refused.</summary>
    public void ThrowFaults()
    {
        if (_faults.Count > 0)
        {
            throw new InvalidRequestException([.. _faults]);
        }
    }
}
