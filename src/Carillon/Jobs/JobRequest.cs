using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Carillon.Store;

namespace Carillon.Jobs;

/// <summary>
/// What a caller asks for: a handler, its arguments, and when and how to run it. Typed calls that the source generator writes return
/// one; <c>with { Delay = … }</c> changes the particulars. Unset members take the handler's and then the host's defaults.
/// </summary>
public sealed record JobRequest
{
    /// <summary>Name of a registered handler; a job of an unknown one is kept and waits with the reason <c>no handler</c>.</summary>
    public required string Handler { get; init; }

    /// <summary>
    /// The arguments as UTF-8 JSON; at most 256 kB. Empty in a typed call whose arguments hold types of the host's own, until it is enqueued.
    /// </summary>
    public byte[] Args
    {
        get;
        init => (field, WriteArgs) = (value, null);
    } = [];

    /// <summary>Writes the arguments when the host's JSON options are known; they stand in <see cref="Args"/> from then on.</summary>
    internal Func<JsonSerializerOptions, byte[]>? WriteArgs { get; init; }

    /// <summary>The queue; null for the handler's own, or <c>default</c>.</summary>
    public string? Queue { get; init; }

    /// <summary>−100 to 100, higher first; a point is worth a minute of waiting.</summary>
    public int Priority { get; init; }

    /// <summary>Not before this instant; not together with <see cref="Delay"/>.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Not before this long from now, counted by elapsed time; not together with <see cref="RunAt"/>.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Unique among live jobs; the answer says whether the job was created, was there, or was replaced.</summary>
    public string? Key { get; init; }

    /// <summary>How long the key still holds after the job's end.</summary>
    public TimeSpan KeyHold { get; init; }

    /// <summary>What to do when the key is taken.</summary>
    public OnConflict OnConflict { get; init; }

    /// <summary>At most one job of this key runs at a time; the others wait and hold no slot.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Whose it is within its queue: what the queue's rate for groups counts, and whose turn it is in a fair queue. Any number of a group may run at once.</summary>
    public string? Group { get; init; }

    /// <summary>Its own retry policy.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>Its own limit for one attempt.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Jobs that must end first.</summary>
    public IReadOnlyList<After> After { get; init; } = [];

    /// <summary>Cancelled with the reason <c>expired</c> if it has not begun by then.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Free labels, at most 20 of 100 characters.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>A request with arguments of a type whose contract is known at compile time.</summary>
    public static JobRequest Of<T>(string handler, T args, JsonTypeInfo<T> contract) =>
        new() { Handler = handler, Args = JsonSerializer.SerializeToUtf8Bytes(args, contract) };

    /// <summary>The request with its arguments as bytes.</summary>
    internal JobRequest Written(JsonSerializerOptions json) => WriteArgs is null ? this : this with { Args = WriteArgs(json) };
}

/// <summary>The answer to an enqueue: the job is durable.</summary>
/// <param name="Id">The job that stands for the request.</param>
/// <param name="Status">Whether it was created, was there, or took another's place.</param>
public readonly record struct JobReceipt(Guid Id, [property: JsonConverter(typeof(JsonStringEnumConverter<EnqueueStatus>))] EnqueueStatus Status);
