using Carillon.Store;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>
/// The claim that goes with a statement that writes new jobs, by an offer of this process's node. What it decides is as exact as any
/// claim: it may bring older jobs instead, or none. Whatever happens the offer is answered.
/// </summary>
internal sealed class ClaimBeside
{
    /// <summary>
    /// Behind a part <c>written</c>, with <see cref="Bind"/> or <see cref="BindNone"/> at <c>$26</c>. The claim waits for the count, and so for the
    /// insert; a volatile function sees what its own statement has written.
    /// </summary>
    public const string CountedSql = "counted as (select count(*)::integer as jobs from written)";

    public const string ClaimSql = $"select {ClaimedRow.Columns} from counted cross join lateral carillon.claim($26, $27, counted.jobs, $28, $29, $30, $31, counted.jobs, false, $32, false)";

    private readonly IClaimOffer _offer;
    private readonly ClaimRequest _request;
    private readonly DateTimeOffset _now;
    private IReadOnlyList<ClaimedRow> _rows = [];

    private ClaimBeside(IClaimOffer offer, ClaimRequest request, DateTimeOffset now) => (_offer, _request, _now) = (offer, request, now);

    /// <summary>Null where these jobs could not begin at once, or the node wants no claim now.</summary>
    public static ClaimBeside? TryTake(IClaimOffer? offer, IReadOnlyList<NewJob> jobs, DateTimeOffset now) =>
        offer is not null && jobs.Count <= NewRows.MostTold && jobs.All(job => MayBeginAt(job, now)) && offer.TryTake(jobs) is { } request ? new ClaimBeside(offer, request, now) : null;

    /// <summary>True for a job that a free slot is all it needs to begin then.</summary>
    public static bool MayBeginAt(NewJob job, DateTimeOffset now) => !(job.RunAt > now) && job.Group is null && job.ExpiresAt is null;

    /// <summary>Its seven values behind the others: node, token, handlers, limits, queues, now, since.</summary>
    public Statement Bind(Transaction transaction, Statement statement)
    {
        var handlers = _request.Handlers.ToArray();
        return statement.Set(_request.Node).Set(_request.NodeToken)
            .SetAll(Array.ConvertAll(handlers, handler => handler.Key), NpgsqlDbType.Text)
            .SetAll(Array.ConvertAll(handlers, handler => handler.Value), NpgsqlDbType.Integer)
            .SetAll(_request.Queues?.ToArray(), NpgsqlDbType.Text)
            .Set(_now).Set(transaction.Memory.Frontier.Since);
    }

    /// <summary>The same where there is no claim: the function does nothing for a node without a name.</summary>
    public static Statement BindNone(Statement statement) =>
        statement.Set("").Set(0L).SetAll<string>(null, NpgsqlDbType.Text).SetAll<int>(null, NpgsqlDbType.Integer).SetAll<string>(null, NpgsqlDbType.Text).Set(0L).Set(0L);

    /// <summary>Keeps what the claim brought. Of the jobs that were written those that it did not bring wait as any other, and are told of.</summary>
    public void Keep(Transaction transaction, IEnumerable<ClaimedRow> rows, IReadOnlyList<Guid> written)
    {
        _rows = [.. rows.Where(row => row.Job is not null)];
        var claimed = _rows.Select(row => row.Job!.Id).ToHashSet();
        transaction.Tell(written.All(claimed.Contains) ? StoreSignal.None : StoreSignal.Jobs);
    }

    /// <summary>Runs the statement by itself, and hands over what the claim brought.</summary>
    public async Task<T> RunAsync<T>(Connections connections, Func<Transaction, Task<T>> work)
    {
        T result;
        try
        {
            result = await connections.RunAloneAsync(work, CancellationToken.None);
        }
        catch
        {
            _offer.Lose();
            throw;
        }

        await GiveAsync(connections);
        return result;
    }

    // The jobs are written: what goes wrong from here on must not tell their caller otherwise.
    private async Task GiveAsync(Connections connections)
    {
        try
        {
            _offer.Give(await Claiming.NameAsync(connections, _request, [.. _rows], _now, CancellationToken.None));
        }
        catch (StoreUnavailableException)
        {
            _offer.Lose();
        }
        catch
        {
            _offer.Lose();
            throw;
        }
    }
}
