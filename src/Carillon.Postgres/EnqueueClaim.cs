using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>A few jobs enqueued where a slot is free for each: written and claimed by one statement, and so begun when their commit is known.</summary>
internal static class EnqueueClaim
{
    private const string Claimed = $" returning 1), {ClaimBeside.CountedSql} {ClaimBeside.ClaimSql}";
    private const string Sql = $"with written as ({NewRows.InsertSql}{Claimed}";
    private const string OneSql = $"with written as ({NewRows.InsertOneSql}{Claimed}";

    /// <summary>Null, and nothing done, where they cannot go this way; they then go without a claim, and are told of.</summary>
    public static async Task<IReadOnlyList<EnqueueResult[]>?> TryWriteAsync(Connections connections, IReadOnlyList<EnqueueRequest> requests, IClaimOffer offer)
    {
        var (jobs, now) = (requests.SelectMany(request => request.Jobs).ToList(), requests.Max(request => request.Now));
        if (connections.Memory.IsLimited || ClaimBeside.TryTake(offer, jobs, now) is not { } claim)
        {
            return null;
        }

        var isWritten = await claim.RunAsync(connections, transaction => TryWriteAsync(transaction, requests, claim));
        return isWritten ? EnqueueBatch.AllCreated(requests) : null;
    }

    private static async Task<bool> TryWriteAsync(Transaction transaction, IReadOnlyList<EnqueueRequest> requests, ClaimBeside claim)
    {
        var plain = EnqueueBatch.TakePlain(transaction, requests, static _ => true);
        if (plain.Count < requests.Sum(request => request.Jobs.Count))
        {
            return false;
        }

        var statement = NewRows.Bind(transaction.Use(plain.Count == 1 ? OneSql : Sql), plain, NewRows.LanesOf(transaction.Memory, plain)).Set((string?)null).Set((string?)null);
        claim.Keep(transaction, await claim.Bind(transaction, statement).ListAsync(ClaimedRow.Read), [.. plain.Select(job => job.Id)]);
        return true;
    }
}
