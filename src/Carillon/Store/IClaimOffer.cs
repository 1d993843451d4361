namespace Carillon.Store;

/// <summary>
/// The free slots of this process's node. A store that can makes the node's claim in the very transaction that writes new jobs, so that a job
/// enqueued where it can begin begins at once: one round trip and one commit less.
/// </summary>
internal interface IClaimOffer
{
    /// <summary>The claim to make right behind the insert of these jobs; null where the node wants none now. One that was taken is answered by <see cref="Give"/> or <see cref="Lose"/>.</summary>
    ClaimRequest? TryTake(IReadOnlyList<NewJob> jobs);

    /// <summary>What the claim brought; nothing, where it failed as a whole.</summary>
    void Give(IReadOnlyList<Job> jobs);

    /// <summary>Whether anything was claimed is not known.</summary>
    void Lose();
}
