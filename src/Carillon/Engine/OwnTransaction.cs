using System.Data.Common;

namespace Carillon.Engine;

/// <summary>The transaction in which a handler completed its job.</summary>
internal static class OwnTransaction
{
    /// <summary>
    /// The handler is over and can commit no more: what it left open is rolled back, for it holds the job's row, and whoever writes the attempt's end
    /// would wait for it. False where there was none.
    /// </summary>
    public static async Task<bool> CloseAsync(DbTransaction? transaction)
    {
        if (transaction is not null && FindConnection(transaction) is { } connection)
        {
            try
            {
                await transaction.RollbackAsync();
            }
            catch (Exception error) when (error is DbException or InvalidOperationException)
            {
                // It is busy with something the handler left behind, or broken: without its connection the server rolls it back.
                await connection.CloseAsync();
            }
        }

        return transaction is not null;
    }

    // Providers differ in what a transaction that is over says of its connection; of its level none says anything.
    private static DbConnection? FindConnection(DbTransaction transaction)
    {
        try
        {
            _ = transaction.IsolationLevel;
            return transaction.Connection;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
