using System.Collections.Frozen;

namespace Carillon.Jobs;

/// <summary>The handlers of one host, by name; built once at start and frozen, each already wrapped in the host's middleware.</summary>
public sealed class HandlerRegistry
{
    private readonly FrozenDictionary<string, HandlerDefinition> _byName;

    internal HandlerRegistry(IEnumerable<HandlerDefinition> handlers, IReadOnlyList<Func<JobContext, JobDelegate, Task<Store.Outcome?>>> middleware)
    {
        _byName = handlers.Select(handler => handler with { Run = Wrap(handler.Run, middleware) }).ToFrozenDictionary(handler => handler.Name, StringComparer.Ordinal);
        Limits = _byName.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.MaxConcurrent, StringComparer.Ordinal);
    }

    /// <summary>All handlers, by name.</summary>
    public IEnumerable<HandlerDefinition> All => _byName.Values.OrderBy(handler => handler.Name, StringComparer.Ordinal);

    /// <summary>Each handler's limit, as a claim asks for it.</summary>
    internal IReadOnlyDictionary<string, int?> Limits { get; }

    /// <summary>The handler of this name; null when there is none.</summary>
    public HandlerDefinition? Find(string name) => _byName.GetValueOrDefault(name);

    // The first one registered stands outermost, as in ASP.NET Core.
    private static JobDelegate Wrap(JobDelegate handler, IReadOnlyList<Func<JobContext, JobDelegate, Task<Store.Outcome?>>> middleware)
    {
        var wrapped = handler;
        for (var i = middleware.Count - 1; i >= 0; i--)
        {
            var (layer, inner) = (middleware[i], wrapped);
            wrapped = context => layer(context, inner);
        }

        return wrapped;
    }
}
