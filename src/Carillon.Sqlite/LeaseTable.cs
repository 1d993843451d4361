using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>
/// Leases change hands here. Their ends stand on the board; the file learns who holds what (for people) and the greatest token (so
/// that a fence never comes back after a restart). A renewal touches the board only.
/// </summary>
internal static class LeaseTable
{
    private const string TokenSql = /*lang=sql*/ """
        insert into meta (name, value) values ('lease_token', 1)
        on conflict (name) do update set value = value + 1
        returning value
        """;

    private const string PutSql = "insert or replace into lease (name, owner, token, data, acquired_at) values (?1, ?2, ?3, ?4, ?5)";
    private const string DeleteSql = "delete from lease where name = ?1";

    public static Lease? Acquire(Transaction transaction, Lease wanted, DateTimeOffset now)
    {
        var board = transaction.Board;
        var current = board.Leases.Find(wanted.Name, now);
        if (current is not null && current.Owner != wanted.Owner)
        {
            return null;
        }

        var taken = wanted with { Token = NextToken(transaction) };
        using var row = transaction.Use(PutSql);
        row.Set(1, taken.Name).Set(2, taken.Owner).Set(3, taken.Token).Set(4, taken.Data).Set(5, now).Run();
        board.Leases = board.Leases.With(taken);
        return taken;
    }

    /// <summary>Of locks the file learns nothing but the token: none outlives the process.</summary>
    public static Lease? Lock(Transaction transaction, LockRequest request, DateTimeOffset now)
    {
        var leases = transaction.Board.Leases;
        if (!leases.IsNodeHeld(request.Node, request.NodeToken, now))
        {
            return null;
        }

        if (leases.ByName.TryGetValue(request.Name, out var held) && leases.Stands(held, now))
        {
            return (held.Owner, held.Data) == (request.Node, request.Data) ? leases.Seen(held) : null;
        }

        var taken = new Lease(request.Name, request.Node, now, NextToken(transaction), request.Data) { NodeToken = request.NodeToken };
        transaction.Board.Leases = leases.With(taken);
        return leases.Seen(taken);
    }

    public static Renewal Renew(Transaction transaction, string name, long token, TimeSpan duration, DateTimeOffset now)
    {
        var board = transaction.Board;
        if (!board.Leases.IsHeld(name, token, now))
        {
            return new Renewal(IsHeld: false, []);
        }

        var lease = board.Leases.ByName[name];
        board.Leases = board.Leases.With(lease with { Until = now + duration });
        var asked = board.Running.Select(running => running.Job).Where(job => job.Node == lease.Owner && job.CancelReason is not null);
        return new Renewal(IsHeld: true, [.. asked.Select(job => new CancelRequest(job.Id, job.Token, job.CancelReason!))], board.Leases.WishOf(lease));
    }

    public static bool TryRelease(Transaction transaction, string name, long token)
    {
        if (!transaction.Board.Leases.ByName.TryGetValue(name, out var lease) || lease.Token != token)
        {
            return false;
        }

        transaction.Board.Leases = transaction.Board.Leases.Without(name);
        if (lease.NodeToken is not null)
        {
            transaction.Tell(StoreSignal.Locks);
            return true;
        }

        transaction.Tell(name.StartsWith("node/", StringComparison.Ordinal) ? StoreSignal.Locks : StoreSignal.None);
        using var row = transaction.Use(DeleteSql);
        row.Set(1, name).Run();
        return true;
    }

    // One count for all names: nothing has to be kept of a name that was given up.
    private static long NextToken(Transaction transaction)
    {
        using var row = transaction.Use(TokenSql);
        row.Read();
        var token = row.Long(0);
        row.Run();
        return token;
    }
}
