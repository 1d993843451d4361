using System.Data.Common;
using System.Text.Json;
using Carillon.Store;

namespace Carillon.Jobs;

/// <summary>What a running job may reach of its host.</summary>
internal sealed record JobServices(IServiceProvider Services, TimeProvider Clock, JsonSerializerOptions Json)
{
    /// <summary>Told when a job reports its progress.</summary>
    public Action<JobContext> Progressed { get; init; } = static _ => { };

    /// <summary>The store within a transaction that a handler began.</summary>
    public Func<DbTransaction, CancellationToken, Task<IJoinedStore>> Join { get; init; } =
        static (_, _) => throw new NotSupportedException("This host has no store whose transactions a handler could share.");

    /// <summary>How a job that was claimed ahead waits for its instant; where no store fires ahead, none does.</summary>
    public Until Until { get; init; } = static (_, _) => Task.CompletedTask;

    public T ReadArgs<T>(Job job)
    {
        var contract = (System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)Json.GetTypeInfo(typeof(T));
        try
        {
            ReadOnlySpan<byte> args = job.Args.Length == 0 ? "{}"u8 : job.Args;
            return JsonSerializer.Deserialize(args, contract) ?? throw new ArgumentsException($"the arguments are null; {typeof(T).Name} was expected");
        }
        catch (JsonException error)
        {
            throw new ArgumentsException($"the arguments do not fit {typeof(T).Name} at {error.Path ?? "$"}: {error.Message}", error);
        }
    }
}
