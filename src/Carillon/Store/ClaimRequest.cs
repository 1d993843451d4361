namespace Carillon.Store;

/// <summary>A node asks for work.</summary>
internal sealed record ClaimRequest
{
    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>The token of the node's lease: a node whose lease was lost claims nothing.</summary>
    public required long NodeToken { get; init; }

    /// <summary>Free slots.</summary>
    public required int Limit { get; init; }

    /// <summary>The handlers it has, each with its limit over the whole cluster (null: none). Jobs of other handlers are left alone.</summary>
    public required IReadOnlyDictionary<string, int?> Handlers { get; init; }

    /// <summary>The queues it serves; null for all.</summary>
    public IReadOnlySet<string>? Queues { get; init; }
}

/// <summary>What a claim brought.</summary>
/// <param name="Jobs">Running now, each with its new <see cref="Job.Token"/> and raised <see cref="Job.Attempt"/>; best rank first.</param>
/// <param name="NextDueAt">
/// When to ask again unless woken: the earliest <c>RunAt</c> among the node's other pending jobs that no limit holds back; an
/// instant not after now when more could be claimed already. Null: nothing to wait for.
/// </param>
/// <param name="IsNodeLost">The node's lease is not held any more; nothing was claimed.</param>
internal sealed record ClaimBatch(IReadOnlyList<Job> Jobs, DateTimeOffset? NextDueAt, bool IsNodeLost = false);
