using System.Text.Json;

namespace Carillon.Store;

/// <summary>A small named document with a version: a queue's settings, an API key, what a configuration file owns.</summary>
/// <param name="Kind">One of <see cref="DefinitionKinds"/>.</param>
/// <param name="Name">Unique in its kind.</param>
/// <param name="Version">Grows with each change; 0 is "does not exist".</param>
/// <param name="Body">JSON.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record Definition(string Kind, string Name, long Version, string Body, DateTimeOffset UpdatedAt);

/// <summary>The kinds of definition.</summary>
internal static class DefinitionKinds
{
    /// <summary><see cref="QueueSettings"/>.</summary>
    public const string Queue = "queue";

    /// <summary>An API key, hashed.</summary>
    public const string Key = "key";

    /// <summary>What a configuration file owns and what of it was deleted by hand.</summary>
    public const string Owner = "owner";

    /// <summary>A calendar, as the language reads it.</summary>
    public const string Calendar = "calendar";

    /// <summary>What is wanted of a node.</summary>
    public const string Node = "node";

    /// <summary>A setting of the whole system.</summary>
    public const string Setting = "setting";
}

/// <summary>A queue's settings; a queue without a definition has none.</summary>
public sealed record QueueSettings
{
    /// <summary>At most so many of its jobs run at once in the whole cluster; null for no limit.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>How often its jobs may begin; null for no limit.</summary>
    public RateLimit? MaxRate { get; init; }

    /// <summary>How often jobs of one <see cref="Job.Group"/> may begin, each group by itself; null for no limit. Jobs that name none are one group.</summary>
    public RateLimit? MaxRatePerGroup { get; init; }

    /// <summary>Its groups take turns, a job each: one with ten thousand waiting jobs does not hold up one with ten.</summary>
    public bool IsFair { get; init; }

    /// <summary>No job of it is claimed.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Why it is paused.</summary>
    public string? PauseReason { get; init; }

    /// <summary>Who paused it.</summary>
    public string? PausedBy { get; init; }

    /// <summary>The settings in a definition's body; those of a queue without a definition where there is none.</summary>
    internal static QueueSettings Read(string? body) => body is null ? None : JsonSerializer.Deserialize(body, StoreJson.Default.QueueSettings) ?? None;

    internal static QueueSettings None { get; } = new();

    /// <summary>The limit that counts by this bucket.</summary>
    internal RateLimit? RateOf(Bucket bucket) => bucket.Group is null ? MaxRate : MaxRatePerGroup;
}
