namespace Carillon.Store;

/// <summary>A lock that somebody on a node wants.</summary>
/// <param name="Name">What <see cref="Prefix"/> and the lock's name make.</param>
/// <param name="Node">The node.</param>
/// <param name="NodeToken">The token of its lease, on which the lock rests.</param>
/// <param name="Data">Tells one request of the node from every other. The same one asked again gets what it has, under the same token: an answer that was lost can be asked for anew.</param>
internal sealed record LockRequest(string Name, string Node, long NodeToken, string Data)
{
    /// <summary>How the names of all locks begin.</summary>
    public const string Prefix = "lock/";

    /// <summary>Whoever asks stays; <see cref="StoreSignal.Locks"/> tells of the lock's release.</summary>
    public bool IsWaiting { get; init; }
}
