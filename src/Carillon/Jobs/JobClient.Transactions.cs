using System.Data.Common;
using System.Text.Json.Serialization.Metadata;
using Carillon.Store;

namespace Carillon.Jobs;

// Jobs that come to be with the caller's own rows. The transaction is the caller's: nothing here commits it or rolls it back.
public sealed partial class JobClient
{
    private delegate Task<IReadOnlyList<EnqueueResult>> WriteJobs(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Accepts a job inside your own transaction on the store's database: it is there once you commit, together with your rows, and never was if you
    /// roll back. Nobody sees it before, and nodes wake with the commit. On PostgreSQL; from EF Core pass
    /// <c>db.Database.CurrentTransaction!.GetDbTransaction()</c>.
    /// </summary>
    /// <exception cref="InvalidRequestException">The request has faults; all are listed. Your transaction goes on.</exception>
    /// <exception cref="ArgumentException">The transaction is over, or is none of the store's database.</exception>
    /// <exception cref="NotSupportedException">The store cannot take part in transactions of others.</exception>
    public async Task<JobReceipt> EnqueueAsync(JobRequest request, DbTransaction transaction, CancellationToken cancellationToken = default) =>
        (await EnqueueAsync([request], transaction, cancellationToken))[0];

    /// <summary>The same for a job with arguments that the host's JSON options can write.</summary>
    public Task<JobReceipt> EnqueueAsync<T>(string handler, T args, DbTransaction transaction, CancellationToken cancellationToken = default) =>
        EnqueueAsync(JobRequest.Of(handler, args, (JsonTypeInfo<T>)_json.GetTypeInfo(typeof(T))), transaction, cancellationToken);

    /// <summary>The same for at most 1,000 jobs. The answers stand in their order.</summary>
    public Task<IReadOnlyList<JobReceipt>> EnqueueAsync(IReadOnlyList<JobRequest> requests, DbTransaction transaction, CancellationToken cancellationToken = default) =>
        EnqueueAsync(requests, null, In(transaction), cancellationToken);

    /// <summary>The same for a batch and one more job that runs when all of the batch have ended as <paramref name="condition"/> says.</summary>
    /// <returns>The receipts of the batch, in order, and last that of <paramref name="then"/>.</returns>
    public Task<IReadOnlyList<JobReceipt>> EnqueueBatchAsync(
        IReadOnlyList<JobRequest> batch, JobRequest then, AfterCondition condition, DbTransaction transaction, CancellationToken cancellationToken = default) =>
        EnqueueBatchAsync(batch, then, condition, In(transaction), cancellationToken);

    private WriteJobs In(DbTransaction transaction) => async (jobs, act, now, cancellationToken) =>
        await (await _store.JoinAsync(transaction, cancellationToken)).EnqueueAsync(jobs, act, now, cancellationToken);
}
