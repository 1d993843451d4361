using System.Data;
using System.Globalization;
using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// The store inside a user's transaction. Its news go with the transaction's own commit (<c>NOTIFY</c> inside it), under a sender's name that
/// no process takes for its own: this one does not know either when it is committed.
/// </summary>
internal sealed class JoinedStore(Connections connections, NpgsqlConnection connection, IsolationLevel isolation) : IJoinedStore
{
    private const string NotifySql = "select pg_notify($1, $2)";
    private const string PartSql = "select carillon.part($1, $2)";

    public async Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (jobs.Any(job => job.Key is not null || job.After.Count > 0))
        {
            Require("A job with a key or with dependencies");
        }

        // In a snapshot of the whole transaction a lane made since is not to be seen: one by one the jobs need not look at it.
        await KnowLanesAsync(jobs, cancellationToken);
        var request = new EnqueueRequest(jobs, act, now);
        return await RunAsync(transaction => IsEachItsOwn ? EnqueueBatch.WriteAsync(transaction, request) : Enqueuing.EnqueueAllAsync(transaction, request), cancellationToken);
    }

    public async Task<bool> FinishAsync(Finish finish, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Require("The end of a job");

        // In a transaction of our own: the row that counts the jobs of its claim would keep the others from ending until the user commits.
        await connections.RunAloneAsync(own => own.Use(PartSql).Set(finish.Job.Id).Set(finish.Job.Token).RunAsync(), cancellationToken);
        return await RunAsync(async transaction => (await Finishing.FinishAllAsync(transaction, [finish], now))[0], cancellationToken);
    }

    // Each statement has a snapshot of its own.
    private bool IsEachItsOwn => isolation is IsolationLevel.ReadCommitted or IsolationLevel.ReadUncommitted or IsolationLevel.Unspecified;

    // Behind a lock each statement must see what was committed before it; a snapshot of the whole transaction does not.
    private void Require(string what)
    {
        if (!IsEachItsOwn)
        {
            throw new ArgumentException(
                $"{what} needs a READ COMMITTED transaction; this one is {isolation}, and would not see which keys and dependents others have committed since it began. "
                + "Begin it with IsolationLevel.ReadCommitted, or do this after your commit.");
        }
    }

    // In transactions of our own: a lane's row written here would keep everybody from the lane until the user commits.
    private async Task KnowLanesAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken)
    {
        var unknown = jobs.Select(job => (job.Queue, job.Handler, job.Priority, job.Group is not null)).Where(lane => !connections.Memory.Lanes.ContainsKey(lane)).Distinct().ToList();
        if (unknown.Count > 0)
        {
            await connections.WriteAsync(
                async own =>
                {
                    foreach (var lane in unknown)
                    {
                        await LaneTable.OfAsync(own, lane);
                    }

                    return unknown.Count;
                },
                cancellationToken);
        }
    }

    private async Task<T> RunAsync<T>(Func<Transaction, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            var transaction = new Transaction(connection, connections.Memory, connections.Sql, cancellationToken);
            var result = await work(transaction);
            if ((transaction.Signal | transaction.FarSignal) is var signal and not StoreSignal.None)
            {
                await transaction.Use(NotifySql).Set(connections.Sql.Channel).Set(string.Create(CultureInfo.InvariantCulture, $"user {(int)signal}")).RunAsync();
            }

            return result;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StoreUnavailableException(
                $"The role '{new NpgsqlConnectionStringBuilder(connection.ConnectionString).Username}' of the transaction's connection may not write jobs ({refused.MessageText}). "
                + $"Grant it the schema {connections.Sql.Quoted}: usage on it, and select, insert, update, delete on all its tables; docs/transactions.md has the statements.", refused);
        }
    }
}
