namespace Carillon.Store;

/// <summary>A node asks for work.</summary>
internal sealed record ClaimRequest
{
    /// <summary>A claim cancels no more expired jobs than this before it begins, so that none takes long.</summary>
    public const int MostExpired = 1_000;

    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>The token of the node's lease: a node whose lease was lost claims nothing.</summary>
    public required long NodeToken { get; init; }

    /// <summary>At most so many jobs.</summary>
    public required int Limit { get; init; }

    /// <summary>
    /// How many of them can begin at once: the node's free slots. Some jobs are claimed into one of these or not at all: one whose node was
    /// lost, so that a further loss of it is the loss of a job that was really begun; one under a rate limit, which counts starts.
    /// </summary>
    public int Slots { get; init; } = int.MaxValue;

    /// <summary>The handlers it has, each with its limit over the whole cluster (null: none). Jobs of other handlers are left alone.</summary>
    public required IReadOnlyDictionary<string, int?> Handlers { get; init; }

    /// <summary>The queues it serves; null for all.</summary>
    public IReadOnlySet<string>? Queues { get; init; }
}

/// <summary>What a claim brought.</summary>
/// <param name="Jobs">Running now, each with its new <see cref="Job.Token"/> and raised <see cref="Job.Attempt"/>; best rank first.</param>
/// <param name="NextDueAt">
/// When to ask again unless woken: the earliest <c>RunAt</c> among the node's other pending jobs that no limit holds back (under a
/// rate limit no earlier than the next start that it allows); an instant not after now when more could be claimed already. Null: nothing to wait for.
/// </param>
/// <param name="IsNodeLost">The node's lease is not held any more; nothing was claimed.</param>
/// <param name="IsSlotWanted">The claim ended at a job that must begin at once, and <see cref="ClaimRequest.Slots"/> were taken: ask again when one is free.</param>
internal sealed record ClaimBatch(IReadOnlyList<Job> Jobs, DateTimeOffset? NextDueAt, bool IsNodeLost = false, bool IsSlotWanted = false);
