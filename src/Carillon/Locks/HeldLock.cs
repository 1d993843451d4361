using Carillon.Cluster;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Locks;

/// <summary>
/// A lock that is held until it is disposed, or until its node's lease is lost. No lock can stop code that hangs while the world goes on: hand
/// <see cref="Token"/> to what you write to, and let it refuse a smaller one than it has seen.
/// </summary>
public sealed partial class HeldLock : IAsyncDisposable
{
    private readonly CancellationTokenSource _lost = new();
    private readonly NodeLease _node;
    private readonly Func<HeldLock, Task> _release;
    private int _isOver;

    internal HeldLock(LockRequest request, Lease lease, NodeLease node, Func<HeldLock, Task> release)
    {
        (Request, Token, _node, _release) = (request, lease.Token, node, release);
        Lost = _lost.Token;
    }

    /// <summary>The lock's name.</summary>
    public string Name => Request.Name[LockRequest.Prefix.Length..];

    /// <summary>The fence: greater with each grant of this name, whoever has it.</summary>
    public long Token { get; }

    /// <summary>Cancelled when the lock is lost, before another node can have it. Pass it on to what is done under the lock.</summary>
    public CancellationToken Lost { get; }

    /// <summary>True as long as nobody else can have it.</summary>
    public bool IsHeld => Volatile.Read(ref _isOver) == 0 && _node.IsHeld && _node.Token == Request.NodeToken;

    internal LockRequest Request { get; }

    internal NodeLease Node => _node;

    /// <summary>Gives it up, and tells who waits for it. What the store cannot take now is told it later, as long as this node lives.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            await _release(this);
            _lost.Dispose();
        }
    }

    /// <summary>It is lost: whoever works under it is told, on a thread of the pool.</summary>
    internal void Lose(ILogger logger)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            Telemetry.Telemetry.LocksLost.Add(1);
            LogLost(logger, Name, _node.Node);
            ThreadPool.UnsafeQueueUserWorkItem(static state => state.Held.Cancel(state.Logger), (Held: this, Logger: logger), preferLocal: false);
        }
    }

    private void Cancel(ILogger logger)
    {
        try
        {
            _lost.Cancel();
        }
        catch (AggregateException error)
        {
            // Unhandled on a thread of the pool it would end the process.
            LogCallbackFailed(logger, error, Name);
        }
    }

    [LoggerMessage(1230, LogLevel.Warning, "Lock {Lock} is lost, for node {Node} lost its lease; another may have it soon")]
    private static partial void LogLost(ILogger logger, string @lock, string node);

    [LoggerMessage(1231, LogLevel.Error, "A callback on the loss of lock {Lock} failed")]
    private static partial void LogCallbackFailed(ILogger logger, Exception error, string @lock);
}
