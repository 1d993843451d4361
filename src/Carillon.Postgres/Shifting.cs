using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>The clock stepped: what counts elapsed time moves along.</summary>
internal static class Shifting
{
    private const string ShiftSql = "update carillon.job set run_at = run_at + $1 where is_delayed and state <> 1";

    public static async Task<bool> ShiftAsync(Transaction transaction, TimeSpan step)
    {
        await transaction.Use(ShiftSql).Set(step).RunAsync();

        // Delayed jobs changed places with the others of their lanes and keys. Rare, so all of it is looked at anew.
        await LaneTable.UnparkAllAsync(transaction);
        await LeaseTable.ShiftAsync(transaction, step);
        await BucketTable.ShiftAsync(transaction, step);
        transaction.Tell(StoreSignal.Jobs);
        return true;
    }
}
