namespace Carillon.Store;

/// <summary>What a journal entry is about.</summary>
public enum SubjectKind
{
    /// <summary>A job, by id.</summary>
    Job,

    /// <summary>A schedule, by name.</summary>
    Schedule,

    /// <summary>A queue, by name.</summary>
    Queue,

    /// <summary>A node, by name.</summary>
    Node,

    /// <summary>An API key, by id.</summary>
    Key,

    /// <summary>A setting or a configuration file, by name.</summary>
    Setting,
}

/// <summary>What a journal entry is about.</summary>
/// <param name="Kind">The kind of thing.</param>
/// <param name="Id">Which one.</param>
public readonly record struct Subject(SubjectKind Kind, string Id)
{
    /// <summary>A job as subject.</summary>
    public static Subject Of(Guid job) => new(SubjectKind.Job, job.ToString());
}

/// <summary>One line of the append-only history.</summary>
public sealed record JournalEntry
{
    /// <summary>Its place in the journal; given by the store.</summary>
    public long Sequence { get; init; }

    /// <summary>What it is about.</summary>
    public required Subject Subject { get; init; }

    /// <summary>What happened; one of <see cref="JournalKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>When, in cluster time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it; null when the engine did.</summary>
    public string? Who { get; init; }

    /// <summary>From where: an address, <c>cli</c>, <c>code</c>, a file.</summary>
    public string? From { get; init; }

    /// <summary>The particulars as a JSON object; <c>{}</c> when there are none.</summary>
    public string Data { get; init; } = "{}";
}
