namespace Carillon.Store;

/// <summary>What became of one <see cref="NewJob"/>.</summary>
public enum EnqueueStatus
{
    /// <summary>It is durable now.</summary>
    Created,

    /// <summary>A job with its key (or its id) was there and stays.</summary>
    Existing,

    /// <summary>It took the place of a job with its key that had not begun.</summary>
    Replaced,

    /// <summary>It waits for a job that does not exist: nothing of the batch was written.</summary>
    UnknownDependency,
}

/// <summary>The answer to one <see cref="NewJob"/>.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Id">The id of the job that now stands for it.</param>
public readonly record struct EnqueueResult(EnqueueStatus Status, Guid Id)
{
    /// <summary>This call made the job.</summary>
    internal bool IsNew => Status is EnqueueStatus.Created or EnqueueStatus.Replaced;
}
