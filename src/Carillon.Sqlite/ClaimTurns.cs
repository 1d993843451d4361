namespace Carillon.Sqlite;

/// <summary>
/// Turns in fair queues during one claim: the groups that may have a job, by name; the next turn is that of the first one behind the one that
/// had the last. Queues that are not fair are not looked at.
/// </summary>
/// <param name="board">Says which queues are fair, and whose turn it was.</param>
/// <param name="findJob">Goes on to a lane's next job that may be given; false when there is none, null when the claim must end.</param>
internal sealed class ClaimTurns(Board board, Func<LaneCursor, bool?> findJob)
{
    private readonly Dictionary<string, Dictionary<string, List<LaneCursor>>> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<string, List<LaneCursor>>> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _turned = new(StringComparer.Ordinal);

    /// <summary>The queues that had a turn.</summary>
    public IReadOnlyCollection<string> Turned => _turned;

    public void Add(LaneCursor cursor)
    {
        if (!IsFair(cursor.Lane))
        {
            return;
        }

        if (!_lanes.TryGetValue(cursor.Lane.Queue, out var groups))
        {
            _lanes.Add(cursor.Lane.Queue, groups = new Dictionary<string, List<LaneCursor>>(StringComparer.Ordinal));
        }

        if (!groups.TryGetValue(GroupOf(cursor.Lane), out var lanes))
        {
            groups.Add(GroupOf(cursor.Lane), lanes = []);
        }

        lanes.Add(cursor);
    }

    /// <summary>From where to take, given that the best-ranked job of all is <paramref name="best"/>'s; null when the claim must end.</summary>
    public LaneCursor? Next(LaneCursor best)
    {
        if (!IsFair(best.Lane))
        {
            return best;
        }

        var groups = GroupsOf(best.Lane.Queue);
        for (var i = IndexBehind(groups.Keys, board.Turns.GetValueOrDefault(best.Lane.Queue)); ;)
        {
            i = i == groups.Count ? 0 : i;
            if (!TryFindBest(groups.Values[i], out var found) || found is not null)
            {
                return found;
            }

            groups.RemoveAt(i);
        }
    }

    // Sorted once, and only where a turn comes.
    private SortedList<string, List<LaneCursor>> GroupsOf(string queue)
    {
        if (!_groups.TryGetValue(queue, out var groups))
        {
            groups = new SortedList<string, List<LaneCursor>>(_lanes[queue].Count, StringComparer.Ordinal);
            foreach (var (group, lanes) in _lanes[queue].OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                groups.Add(group, lanes);
            }

            _groups.Add(queue, groups);
        }

        return groups;
    }

    /// <summary>A job of the lane was given.</summary>
    public void Note(Lane lane)
    {
        if (IsFair(lane))
        {
            board.Turns[lane.Queue] = GroupOf(lane);
            _turned.Add(lane.Queue);
        }
    }

    /// <summary>False when the claim must end.</summary>
    private bool TryFindBest(List<LaneCursor> lanes, out LaneCursor? best)
    {
        best = null;
        foreach (var lane in lanes)
        {
            switch (findJob(lane))
            {
                case null:
                    best = null;
                    return false;
                case true when best is null || lane.Place.CompareTo(best.Place) < 0:
                    best = lane;
                    break;
            }
        }

        return true;
    }

    // The first one behind; as many as there are when none is.
    private static int IndexBehind(IList<string> names, string? last)
    {
        var (from, to) = (0, last is null ? 0 : names.Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            (from, to) = string.CompareOrdinal(names[middle], last) > 0 ? (from, middle) : (middle + 1, to);
        }

        return from;
    }

    private bool IsFair(Lane lane) => board.SettingsOf(lane.Queue)?.IsFair == true;

    private static string GroupOf(Lane lane) => lane.Group ?? "";
}
