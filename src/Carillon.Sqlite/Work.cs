namespace Carillon.Sqlite;

/// <summary>An operation in the writer's queue, and whoever waits for it.</summary>
internal abstract class Work
{
    /// <summary>False when the caller gave up before it was begun.</summary>
    public abstract bool TryBegin();

    /// <summary>Does it. May be done again in a transaction of its own, when another operation spoiled the shared one.</summary>
    public abstract void Run(Transaction transaction);

    /// <summary>It is durable: the caller goes on.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception exception);
}

/// <inheritdoc/>
internal sealed class Work<T>(Func<Transaction, T> operation, CancellationToken cancellationToken) : Work
{
    // Asynchronously: a caller's continuation must not run on the writer's thread.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Task => _completion.Task;

    public override bool TryBegin() => !cancellationToken.IsCancellationRequested || !_completion.TrySetCanceled(cancellationToken);

    public override void Run(Transaction transaction) => _result = operation(transaction);

    public override void Succeed() => _completion.TrySetResult(_result!);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);
}
