namespace Carillon.Store;

/// <summary>
/// A store inside a transaction that its user began on the same database: what is written counts once the user commits, and never was if
/// the user rolls back. Nobody is told before the commit.
/// </summary>
internal interface IJoinedStore
{
    /// <summary>As <see cref="IJobStore.EnqueueAsync"/>. Where nothing can be written, what the user's transaction did before stays as it was.</summary>
    Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<NewJob> jobs, JournalEntry? act, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>As <see cref="IJobStore.FinishAsync"/>; false when the claim was lost.</summary>
    Task<bool> FinishAsync(Finish finish, DateTimeOffset now, CancellationToken cancellationToken);
}
