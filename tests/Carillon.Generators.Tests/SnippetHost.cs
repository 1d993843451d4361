using System.Reflection;
using System.Text;
using System.Text.Json;
using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Generators.Tests;

/// <summary>Runs the handlers of a compiled snippet, one attempt at a time.</summary>
internal sealed class SnippetHost
{
    private static readonly DateTimeOffset Noon = new(2027, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly Assembly _assembly;
    private readonly ServiceProvider _services;
    private readonly JsonSerializerOptions _json;

    public SnippetHost(Assembly assembly, CarillonBuilder builder)
    {
        (_assembly, _services, _json) = (assembly, builder.Services.BuildServiceProvider(validateScopes: true), CarillonJson.Options(builder.Resolvers));
        Handlers = builder.Handlers.SelectMany(make => make(_services)).ToDictionary(static handler => handler.Name);
    }

    public IReadOnlyDictionary<string, HandlerDefinition> Handlers { get; }

    /// <summary>The only handler.</summary>
    public HandlerDefinition Handler => Assert.Single(Handlers).Value;

    /// <summary>Calls a static method of the snippet without parameters.</summary>
    public T Call<T>(string type, string method) => (T)_assembly.GetType(type, throwOnError: true)!.GetMethod(method)!.Invoke(null, [])!;

    /// <summary>The arguments of the request that a static method of the snippet makes, as they would be stored.</summary>
    public string ArgsOf(string type, string method) => Encoding.UTF8.GetString(Call<JobRequest>(type, method).Written(_json).Args);

    /// <summary>Runs an attempt with these arguments; the result as JSON.</summary>
    public async Task<(Outcome? Outcome, string? Result)> RunAsync(string handler, string args = "")
    {
        await using var scope = _services.CreateAsyncScope();
        var job = new Job { Id = new Guid("01890a5d-ac96-774b-bcce-b302099a8057"), Handler = handler, Args = Encoding.UTF8.GetBytes(args), RunAt = Noon, CreatedAt = Noon, ScheduledAt = Noon };
        var context = new JobContext(job, new JobServices(_services, TimeProvider.System, _json), NullLogger.Instance, CancellationToken.None) { Services = scope.ServiceProvider };
        var outcome = await Handlers[handler].Run(context);
        return (outcome, context.Result);
    }

    /// <summary>What an attempt with arguments that do not fit says.</summary>
    public async Task<string> RefusalAsync(string handler, string args) =>
        (await Assert.ThrowsAsync<ArgumentsException>(() => RunAsync(handler, args))).Message;
}
