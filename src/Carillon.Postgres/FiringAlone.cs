using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>
/// A few schedules due at an instant, each with one job: moved on, written and, where the node has slots, claimed, all by one statement.
/// The job of a schedule begins one commit after its instant. What is anything else goes the long way (<see cref="Firings"/>).
/// </summary>
internal static class FiringAlone
{
    // found: the compare of compare-and-set, as in Firings, rows locked in one order. Those held back by a live job are left as they are.
    // The rows of written come first, one for each schedule that was found; behind them what was claimed.
    private const string Sql = $"{Of} order by u.name collate \"C\"{Found}{NewRows.InsertSql}{Claimed}";

    // Of one (NewRows).
    private const string OneSql = $"{Of} limit 1{Found}{NewRows.InsertOneSql}{Claimed}";

    private const string Of = """
        with found as (
            select s.name, s.fired_count, s.max_count, f.to_at, f.instant, f.job,
                   f.key is null or not exists (select 1 from carillon.job j where j.concurrency_key = f.key) as is_free
              from (select * from unnest($33::text[], $34::uuid[], $35::bigint[], $36::bigint[], $37::bigint[], $38::bigint[], $39::text[], $40::uuid[])
                    as u (name, id, version, next_at, to_at, instant, key, job)
        """;

    private const string Found = """
        ) f
             cross join lateral (
                   select c.name, c.fired_count, c.max_count from carillon.schedule c
                    where c.tenant = '' and c.name = f.name and c.id = f.id and c.version = f.version and c.next_at = f.next_at and c.mode <> 2 for update) s),
        moved as (
            update carillon.schedule s set fired_count = f.fired_count + 1, last_at = f.instant, next_at = case when f.fired_count + 1 >= f.max_count then null else f.to_at end
              from found f where f.is_free and s.tenant = '' and s.name = f.name),
        written as (
        """;

    private const string Claimed = $"""
         and exists (select 1 from found f where f.job = n.id and f.is_free) returning id),
        {ClaimBeside.CountedSql}
        select f.job as id, null::integer as lane, f.is_free::integer::bigint as token, {Nothing}
          from found f
        union all
        {ClaimBeside.ClaimSql}
        """;

    // The other columns of a claimed row.
    private const string Nothing =
        "null::integer, null::bigint, null::bigint, null::bigint, null::boolean, null::integer, null::bytea, null::text, null::text, null::text, null::integer, null::text, null::text, null::text, "
        + "null::double precision, null::text, null::bigint, null::text, null::text, null::bigint, null::bigint, null::text, null::bigint, null::text, null::text, null::text, null::text, null::integer";

    /// <summary>Null, and nothing done, where they cannot go this way.</summary>
    public static async Task<IReadOnlyList<FireResult>?> TryFireAsync(
        Connections connections, IReadOnlyList<Firing> firings, IClaimOffer? offer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!MayGoAlone(connections.Memory, firings))
        {
            return null;
        }

        var claim = ClaimBeside.TryTake(offer, [.. firings.Select(firing => firing.Jobs[0])], now);
        var found = claim is null
            ? await connections.RunAloneAsync(transaction => FireAsync(transaction, firings, null, now), cancellationToken)
            : await claim.RunAsync(connections, transaction => FireAsync(transaction, firings, claim, now));
        var results = ResultsOf(firings, found);
        var heldBack = Enumerable.Range(0, results.Length).Where(place => found.TryGetValue(firings[place].Jobs[0].Id, out var isFree) && !isFree).ToList();
        if (heldBack.Count > 0)
        {
            var others = await connections.WriteAsync(transaction => Firings.FireAllAsync(transaction, heldBack.ConvertAll(place => firings[place]), now), cancellationToken);
            foreach (var (place, other) in heldBack.Zip(others))
            {
                results[place] = other;
            }
        }

        return results;
    }

    /// <summary>At an instant that is about to come: those that can be moved, written and claimed by one statement. The others are left as they are.</summary>
    public static async Task<IReadOnlyList<FireResult>> FireAheadAsync(Connections connections, IReadOnlyList<Firing> firings, IClaimOffer? offer, DateTimeOffset at)
    {
        var found = new Dictionary<Guid, bool>();

        // Limits count by the instant of the claim, which must not lie ahead.
        if (offer is null || connections.Memory.IsLimited)
        {
            return ResultsOf(firings, found);
        }

        await MeetLanesAsync(connections, [.. firings.SelectMany(firing => firing.Jobs).Where(job => !NewRows.IsLaneKnown(connections.Memory, job)).Select(job => job.ToJob(at))]);
        var plain = firings.Where(firing => firing.Jobs.All(job => ClaimBeside.MayBeginAt(job, at)) && MayGoAlone(connections.Memory, [firing]));
        foreach (var few in plain.Chunk(NewRows.MostTold))
        {
            if (AreDistinct(few.Select(firing => firing.ConcurrencyKey).OfType<string>()) && ClaimBeside.TryTake(offer, [.. few.Select(firing => firing.Jobs[0])], at) is { } claim)
            {
                foreach (var (job, isFree) in await claim.RunAsync(connections, transaction => FireAsync(transaction, few, claim, at)))
                {
                    found[job] = isFree;
                }
            }
        }

        return ResultsOf(firings, found);
    }

    // The first job of its kind would go the long way, at its instant: the lane may as well be made now.
    private static async Task MeetLanesAsync(Connections connections, List<Job> jobs)
    {
        if (jobs.Count > 0)
        {
            await connections.WriteAsync(
                async transaction =>
                {
                    foreach (var job in jobs)
                    {
                        await LaneTable.OfAsync(transaction, job);
                    }

                    return jobs.Count;
                },
                CancellationToken.None);
        }
    }

    private static FireResult[] ResultsOf(IReadOnlyList<Firing> firings, Dictionary<Guid, bool> found) =>
        All(firings, firing => firing.Jobs.Count == 1 && found.GetValueOrDefault(firing.Jobs[0].Id) ? new FireResult(IsApplied: true, 1, 0) : new FireResult(IsApplied: false, 0, 0));

    // A job each, and nothing to look up; of a schedule and of a key one each, for the first would decide what the others find.
    private static bool MayGoAlone(PostgresMemory memory, IReadOnlyList<Firing> firings) =>
        firings.Count <= NewRows.MostTold
        && firings.All(firing => firing.Jobs.Count == 1 && FiringBatch.IsPlain(firing))
        && AreDistinct(firings.Select(firing => firing.Schedule))
        && AreDistinct(firings.Select(firing => firing.ConcurrencyKey).OfType<string>())
        && NewRows.IsOneStatement(memory, firings.Select(firing => firing.Jobs[0]))
        && firings.All(firing => memory.Ids.Offer(firing.Jobs[0].Id)); // asked last: an id is new only once

    private static bool AreDistinct(IEnumerable<string> names)
    {
        var met = new HashSet<string>(StringComparer.Ordinal);
        return names.All(met.Add);
    }

    // By job, the schedules that stood where they were expected: true where the job is written.
    private static async Task<Dictionary<Guid, bool>> FireAsync(Transaction transaction, IReadOnlyList<Firing> firings, ClaimBeside? claim, DateTimeOffset now)
    {
        var jobs = firings.Select(firing => firing.Jobs[0].ToJob(now)).ToList();
        var statement = NewRows.Bind(transaction.Use(jobs.Count == 1 ? OneSql : Sql), jobs, NewRows.LanesOf(transaction.Memory, jobs)).SetNotice(transaction, claim is null ? StoreSignal.Jobs : StoreSignal.None);
        statement = claim is null ? ClaimBeside.BindNone(statement) : claim.Bind(transaction, statement);
        var rows = await Bind(statement, firings).ListAsync(Read);
        var found = rows.Where(row => row.Fired is not null).ToDictionary(row => row.Fired!.Value.Job, row => row.Fired!.Value.IsFree);
        List<Guid> written = [.. found.Where(pair => pair.Value).Select(pair => pair.Key)];
        claim?.Keep(transaction, rows.Select(row => row.Claimed), written);
        transaction.Tell(claim is null && written.Count > 0 ? StoreSignal.Jobs : StoreSignal.None);
        if (jobs.Exists(job => job.ExpiresAt is not null))
        {
            transaction.Tell(StoreSignal.Expiries);
        }

        return found;
    }

    private static ((Guid Job, bool IsFree)? Fired, ClaimedRow Claimed) Read(NpgsqlDataReader row) =>
        !row.IsDBNull(0) && row.IsDBNull(1) ? ((row.Id(0), row.GetInt64(2) != 0), default) : (null, ClaimedRow.Read(row));

    private static Statement Bind(Statement statement, IReadOnlyList<Firing> firings) => statement
        .SetAll(All(firings, firing => firing.Schedule), NpgsqlDbType.Text)
        .SetAll(All(firings, firing => firing.ScheduleId), NpgsqlDbType.Uuid)
        .SetAll(All(firings, firing => firing.Version), NpgsqlDbType.Bigint)
        .SetAll(All(firings, firing => Instants.ToTicks(firing.ExpectedNextAt)), NpgsqlDbType.Bigint)
        .SetAll(All(firings, firing => firing.NextAt is { } next ? Instants.ToTicks(next) : (long?)null), NpgsqlDbType.Bigint)
        .SetAll(All(firings, firing => Instants.ToTicks(firing.InstantOf(firing.Jobs[0]))), NpgsqlDbType.Bigint)
        .SetAll(All(firings, firing => firing.Overlap == OverlapPolicy.Skip ? firing.ConcurrencyKey : null), NpgsqlDbType.Text)
        .SetAll(All(firings, firing => firing.Jobs[0].Id), NpgsqlDbType.Uuid);

    private static T[] All<T>(IReadOnlyList<Firing> firings, Func<Firing, T> part) => [.. firings.Select(part)];
}
