namespace Carillon.Store.Memory;

// Who may run what, and for how long that stands.
internal sealed partial class MemoryStore
{
    public Task<ClaimBatch> ClaimAsync(ClaimRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync(() => Claim(request, now), cancellationToken);

    public Task<IReadOnlyList<Guid>> ReclaimAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<Guid>>(() => Reclaim(now), cancellationToken);

    public Task<IReadOnlyList<Guid>> ReturnAsync(string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<Guid>>(() => Return(node, known, now), cancellationToken);

    private ClaimBatch Claim(ClaimRequest request, DateTimeOffset now)
    {
        if (!IsHeld(NodeLease(request.Node), request.NodeToken, now))
        {
            return new ClaimBatch([], null, IsNodeLost: true);
        }

        // Past that many it is a further claim's part to cancel them; until then none is given.
        ExpireJobs(ClaimRequest.MostExpired, now);
        var limits = new ClaimLimits(request.Handlers, QueueDefinitions(), _buckets, _jobs.Values.Where(job => job.State == JobState.Running));
        var waiting = new LinkedList<Job>(PendingFor(request).Where(job => job.RunAt <= now && !(job.ExpiresAt <= now)).OrderBy(Rank).ThenBy(job => job.Id));
        var claimed = new List<Job>();
        var isSlotWanted = false;
        while (claimed.Count < request.Limit && FindNext(waiting, limits, now) is { } next)
        {
            // It ends here, so that none behind it takes the next slot before it.
            if (isSlotWanted = (next.Value.OwnerLosses > 0 || limits.IsRated(next.Value)) && claimed.Count >= request.Slots)
            {
                break;
            }

            waiting.Remove(next);
            claimed.Add(Begin(next.Value, request, now));
            NoteStart(next.Value, limits, now);
        }

        var nextDueAt = PendingFor(request).Where(job => !limits.HoldBack(job)).Min(job => (DateTimeOffset?)limits.MayBeginAt(job));
        return new ClaimBatch(claimed, nextDueAt, IsSlotWanted: isSlotWanted);
    }

    /// <summary>The best-ranked job that may be given; in a fair queue the best-ranked of the group whose turn it is.</summary>
    private LinkedListNode<Job>? FindNext(LinkedList<Job> waiting, ClaimLimits limits, DateTimeOffset now)
    {
        // What is held back stays so to the end of the claim.
        while (waiting.First is { } first && !MayGive(first.Value, limits, now))
        {
            waiting.RemoveFirst();
        }

        return waiting.First is { } best && limits.IsFair(best.Value.Queue) ? OfNextGroup(best, limits, now) : waiting.First;
    }

    private LinkedListNode<Job> OfNextGroup(LinkedListNode<Job> best, ClaimLimits limits, DateTimeOffset now)
    {
        var ranked = new List<LinkedListNode<Job>>();
        for (var node = best; node is not null; node = node.Next)
        {
            if (node.Value.Queue == best.Value.Queue && MayGive(node.Value, limits, now))
            {
                ranked.Add(node);
            }
        }

        var groups = ranked.Select(node => GroupOf(node.Value)).Distinct().Order(StringComparer.Ordinal).ToList();
        var group = groups.Find(group => string.CompareOrdinal(group, _turns.GetValueOrDefault(best.Value.Queue)) > 0) ?? groups[0];
        return ranked.Find(node => GroupOf(node.Value) == group)!;
    }

    private static bool MayGive(Job job, ClaimLimits limits, DateTimeOffset now) => limits.MayBeginAt(job) <= now && !limits.HoldBack(job);

    private static string GroupOf(Job job) => job.Group ?? "";

    private void NoteStart(Job job, ClaimLimits limits, DateTimeOffset now)
    {
        limits.Start(job, now).ToList().ForEach(spent => Put(_buckets, spent.Bucket, spent.FullAt));
        if (limits.IsFair(job.Queue))
        {
            Put(_turns, job.Queue, GroupOf(job));
        }
    }

    private IEnumerable<Definition> QueueDefinitions() => _definitions.Values.Where(definition => definition.Kind == DefinitionKinds.Queue);

    private IEnumerable<Job> PendingFor(ClaimRequest request) => _jobs.Values.Where(job =>
        job.State == JobState.Pending && request.Handlers.ContainsKey(job.Handler) && request.Queues?.Contains(job.Queue) != false);

    // Priority buys a minute a point: whoever waits that much longer overtakes, so none starves. In ticks, for RunAt may be near the ends of time.
    private static long Rank(Job job) => job.RunAt.UtcTicks - (TimeSpan.TicksPerMinute * job.Priority);

    private Job Begin(Job job, ClaimRequest request, DateTimeOffset now)
    {
        var begun = job with { State = JobState.Running, Node = request.Node, Token = job.Token + 1, Attempt = job.Attempt + 1, StartedAt = now };
        Save(begun);
        Put(_claims, job.Id, request.NodeToken);
        return begun;
    }

    private List<Guid> Reclaim(DateTimeOffset now)
    {
        var lost = _jobs.Values.Where(job => job.State == JobState.Running && !IsHeld(NodeLease(job.Node!), _claims[job.Id], now)).OrderBy(job => job.Id).ToList();
        lost.ForEach(job => Lose(job, now));
        return lost.ConvertAll(job => job.Id);
    }

    private List<Guid> Return(string node, IReadOnlySet<(Guid Job, long Token)> known, DateTimeOffset now)
    {
        var unknown = _jobs.Values.Where(job => job.State == JobState.Running && job.Node == node && !known.Contains((job.Id, job.Token))).OrderBy(job => job.Id).ToList();
        unknown.ForEach(job => Write(OwnerLoss.Returned(job), now));
        return unknown.ConvertAll(job => job.Id);
    }

    private void Lose(Job job, DateTimeOffset now)
    {
        AppendAttempt(job.Id, AttemptFact.OwnerLost(job, now));
        Write(OwnerLoss.Lost(job, now), now);
    }
}
