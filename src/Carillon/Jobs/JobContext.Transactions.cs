using System.Data.Common;
using Carillon.Store;

namespace Carillon.Jobs;

// The end of an attempt beside the handler's own rows.
public sealed partial class JobContext
{
    internal DateTimeOffset StartedAt { get; init; }

    /// <summary>The transaction in which the handler completed the job; whether it was committed is not known.</summary>
    internal DbTransaction? CompletedIn { get; private set; }

    /// <summary>How long the handler wants its ended jobs kept.</summary>
    internal TimeSpan? KeepFor { get; init; }

    /// <summary>
    /// Completes the job inside the handler's own transaction on the store's database: what the handler wrote there and the job's success, with its
    /// result and follow-ups, are committed together or not at all, so the effect happens exactly once. Call it last, then commit and return.
    /// </summary>
    /// <remarks>
    /// After the commit the job is done whatever the handler does; a failure is only logged. If the transaction is rolled back (or left open, which rolls it
    /// back), the attempt has failed: the exception that left the handler decides, or, if it returned, the retry policy. A later transaction of the same
    /// attempt may complete the job instead. Takes READ COMMITTED, and on PostgreSQL only.
    /// </remarks>
    /// <param name="transaction">Begun by the handler, not committed yet. From EF Core: <c>db.Database.CurrentTransaction!.GetDbTransaction()</c>.</param>
    /// <param name="outcome">Follow-ups to make with the end; without a result of its own it takes the one of <c>SetResult</c>.</param>
    /// <param name="cancellationToken">Cancelling it breaks the transaction.</param>
    /// <exception cref="ClaimLostException">The job is not this attempt's any more. Nothing was written; let it leave the transaction.</exception>
    /// <exception cref="ArgumentException">The transaction is over, is none of the store's database, or has another isolation level.</exception>
    /// <exception cref="NotSupportedException">The store cannot take part in transactions of others.</exception>
    public async Task CompleteInAsync(DbTransaction transaction, Outcome.Succeeded? outcome = null, CancellationToken cancellationToken = default)
    {
        var (store, now) = (await _host.Join(transaction, cancellationToken), Clock.GetUtcNow());
        var success = (outcome ?? new Outcome.Succeeded()) is { Result: null } bare ? bare with { Result = Result } : outcome!;

        // Before it is sent: an answer that gets lost on its way leaves the question open as well.
        CompletedIn = transaction;
        if (!await store.FinishAsync(new Finish(_job, success) { StartedAt = StartedAt, EndedAt = now, Progress = Progress, KeepFor = KeepFor }, now, cancellationToken))
        {
            throw new ClaimLostException(
                $"Job {Id} is not this attempt's any more ({Attempt}, token {_job.Token}): its node was taken for dead and another one has it, or an earlier transaction of the "
                + "attempt completed it after all. Nothing was written; roll the transaction back by letting this exception leave it.");
        }
    }
}
