namespace Carillon.Postgres;

/// <summary>
/// Who watches whom, each node the next one by slot, the last one the first; and who is gone. A rule over what a look has shown and what this
/// watcher has seen before; pure but for that memory.
/// </summary>
internal sealed class PresenceRing
{
    /// <summary>So long who is away may come back: a connection that broke is made again in a tenth of a second; a process that died is not.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(600);

    private readonly Dictionary<long, TimeSpan> _awaySince = [];
    private HashSet<long> _present = [];

    /// <summary>
    /// Gone is only who was seen present by this very session of the watcher and has been away for the grace time: after the server's restart
    /// everybody is away for a moment, and so is the watcher, which then has seen nobody.
    /// </summary>
    /// <param name="self">The watcher's own slot; null while it has none.</param>
    /// <param name="others">The other nodes, as the look showed them.</param>
    /// <param name="at">When that was, by the watcher's own monotonic clock.</param>
    public PresenceSeen Decide(int? self, IReadOnlyList<NodePresence> others, TimeSpan at)
    {
        foreach (var node in others.Where(node => !node.IsHeld && _present.Contains(node.Token)))
        {
            _awaySince.TryAdd(node.Token, at);
        }

        List<NodePresence> away = [.. others.Where(node => !node.IsHeld && _awaySince.ContainsKey(node.Token))];
        List<NodePresence> gone = away.FindAll(node => at - _awaySince[node.Token] >= Grace);
        Remember(others, away.Except(gone));
        List<int> slots = [.. others.Where(node => node.IsHeld).Select(node => node.Slot).Order()];
        return new PresenceSeen(gone, _awaySince.Count > 0, slots.Count == 0 ? null : slots.Find(slot => slot > self) is > 0 and var next ? next : slots[0]);
    }

    /// <summary>A new session has seen nobody.</summary>
    public void Forget()
    {
        _present = [];
        _awaySince.Clear();
    }

    // Of who is gone it is told once: what could not be ended then is left to the lease's own end.
    private void Remember(IReadOnlyList<NodePresence> others, IEnumerable<NodePresence> away)
    {
        var tokens = away.Select(node => node.Token).ToHashSet();
        foreach (var token in _awaySince.Keys.Where(token => !tokens.Contains(token)))
        {
            _awaySince.Remove(token);
        }

        _present = [.. others.Where(node => node.IsHeld).Select(node => node.Token)];
    }
}

/// <summary>What a look means.</summary>
/// <param name="Gone">The nodes whose leases are to be ended.</param>
/// <param name="IsAnyAway">Somebody is away and may come back: look again soon.</param>
/// <param name="Next">The slot to wait for.</param>
internal sealed record PresenceSeen(IReadOnlyList<NodePresence> Gone, bool IsAnyAway, int? Next);
