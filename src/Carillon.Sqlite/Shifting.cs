namespace Carillon.Sqlite;

/// <summary>The machine's clock stepped: what counts elapsed time moves along.</summary>
internal static class Shifting
{
    private const string ShiftSql = "update job set run_at = run_at + ?1 where is_delayed = 1 and state <> 1";
    private const string BucketsSql = "update bucket set full_at = full_at + ?1";

    public static bool Shift(Transaction transaction, TimeSpan step)
    {
        var board = transaction.Board;
        foreach (var sql in (ReadOnlySpan<string>)[ShiftSql, BucketsSql])
        {
            using var row = transaction.Use(sql);
            row.Set(1, step).Run();
        }

        // Delayed jobs changed places with the others of their lanes and keys. Rare, so all of it is looked at anew.
        LaneTable.UnparkAll(transaction);
        transaction.Reload();
        board.Leases = board.Leases.Shift(step);
        transaction.Tell(Store.StoreSignal.Jobs);
        return true;
    }
}
