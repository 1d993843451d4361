using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using Carillon.Jobs;
using Carillon.Store;
using Carillon.Store.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Hosting;

/// <summary>Says what a Carillon has: its store, its handlers, its middleware.</summary>
public sealed class CarillonBuilder
{
    private readonly List<string> _faults = [];

    internal CarillonBuilder(string name, IServiceCollection services) => (Name, Services) = (name, services);

    /// <summary>Which one, when a host has several; empty for the first.</summary>
    public string Name { get; }

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    internal List<Func<IServiceProvider, IEnumerable<HandlerDefinition>>> Handlers { get; } = [];

    internal List<Func<JobContext, JobDelegate, Task<Outcome?>>> Middleware { get; } = [];

    internal List<IJsonTypeInfoResolver> Resolvers { get; } = [];

    internal Func<IServiceProvider, IStore>? Store { get; private set; }

    /// <summary>Changes the settings; after the configuration section, so code has the last word.</summary>
    public CarillonBuilder Configure(Action<CarillonOptions> change)
    {
        Services.Configure(Name, change);
        return this;
    }

    /// <summary>Keeps everything in memory: for tests and trials. Nothing survives the process.</summary>
    public CarillonBuilder UseMemory() => UseStore(static _ => new MemoryStore());

    /// <summary>JSON contracts of the host's argument and result types; asked before reflection is.</summary>
    public CarillonBuilder UseJson(IJsonTypeInfoResolver resolver)
    {
        Resolvers.Add(resolver);
        return this;
    }

    /// <summary>A layer around every handler, as in ASP.NET Core: the first one added stands outermost.</summary>
    public CarillonBuilder Use(Func<JobContext, JobDelegate, Task<Outcome?>> layer)
    {
        Middleware.Add(layer);
        return this;
    }

    /// <summary>Registers a handler.</summary>
    public CarillonBuilder Handle(HandlerDefinition handler) => Handle(_ => [handler]);

    /// <summary>Registers a handler that takes no arguments.</summary>
    public CarillonBuilder Handle(string name, Func<CancellationToken, Task> run) =>
        Handle(new HandlerDefinition { Name = name, Run = async context => { await run(context.CancellationToken); return null; } });

    /// <summary>Registers a handler that takes the job's context and says how the attempt ended.</summary>
    public CarillonBuilder Handle(string name, JobDelegate run) => Handle(new HandlerDefinition { Name = name, Run = run });

    /// <summary>Registers a handler with typed arguments.</summary>
    public CarillonBuilder Handle<TArgs>(string name, Func<TArgs, CancellationToken, Task> run) =>
        Handle(new HandlerDefinition
        {
            Name = name,
            ArgsSchema = null,
            Run = async context => { await run(context.ReadArgs<TArgs>(), context.CancellationToken); return null; },
        });

    /// <summary>Registers a handler with typed arguments that takes the context too.</summary>
    public CarillonBuilder Handle<TArgs>(string name, Func<TArgs, JobContext, Task> run) =>
        Handle(new HandlerDefinition { Name = name, Run = async context => { await run(context.ReadArgs<TArgs>(), context); return null; } });

    /// <summary>Registers handlers that need the host's services to be made; generated code calls it.</summary>
    public CarillonBuilder Handle(Func<IServiceProvider, IEnumerable<HandlerDefinition>> handlers)
    {
        Handlers.Add(handlers);
        return this;
    }

    /// <summary>Where the output <c>stdio</c> is written; the process's standard output unless said.</summary>
    public CarillonBuilder UseStdio(TextWriter writer)
    {
        Stdio = writer;
        return this;
    }

    internal TextWriter? Stdio { get; private set; }

    internal CarillonBuilder UseStore(Func<IServiceProvider, IStore> store)
    {
        if (Store is not null)
        {
            _faults.Add("A store is already chosen; call UseSqlite or UseMemory once.");
        }

        Store = store;
        return this;
    }

    internal IReadOnlyList<string> Faults => Store is null ? [.. _faults, "No store is chosen; call UseSqlite(\"carillon.db\"), or UseMemory() for a trial."] : _faults;

    internal static bool TryFindDuplicate(IEnumerable<HandlerDefinition> handlers, [NotNullWhen(true)] out string? name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        name = handlers.FirstOrDefault(handler => !seen.Add(handler.Name))?.Name;
        return name is not null;
    }
}
