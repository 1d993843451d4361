namespace Carillon.Postgres;

/// <summary>
/// Who watches whom: each node the next one by slot, the last one the first. A rule over what a look has shown and what this watcher has seen
/// before; pure but for that memory.
/// </summary>
internal sealed class PresenceRing
{
    private HashSet<long> _present = [];

    /// <summary>
    /// The nodes that are gone, and the slot to wait for. Gone is only who was seen present by this very session of the watcher, and is not
    /// now: after the server's restart everybody is away for a moment, and so is the watcher, which then has seen nobody.
    /// </summary>
    public (IReadOnlyList<NodePresence> Gone, int? Next) Decide(int? self, IReadOnlyList<NodePresence> others)
    {
        List<NodePresence> gone = [.. others.Where(node => !node.IsHeld && _present.Contains(node.Token))];
        List<int> present = [.. others.Where(node => node.IsHeld).Select(node => node.Slot).Order()];

        // Told of once: what could not be ended then is left to the lease's own end.
        _present = [.. others.Where(node => node.IsHeld).Select(node => node.Token)];
        return (gone, present.Count == 0 ? null : present.Find(slot => slot > self) is > 0 and var next ? next : present[0]);
    }

    /// <summary>A new session has seen nobody.</summary>
    public void Forget() => _present = [];
}
