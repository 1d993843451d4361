using System.Collections.Concurrent;

namespace Carillon.Engine;

/// <summary>Lets a thread run asynchronous work by itself: what follows an <c>await</c> comes back to this thread.</summary>
internal sealed class ThreadContext : SynchronizationContext, IDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);
    private readonly BlockingCollection<Action> _posted = [];

    public override void Post(SendOrPostCallback d, object? state) => _posted.Add(() => d(state));

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs the work to its end on the calling thread; meanwhile it calls <paramref name="watch"/> every so often.</summary>
    public T Run<T>(Func<Task<T>> work, Action watch)
    {
        var done = work();
        _ = done.ContinueWith(
            static (_, posted) => ((BlockingCollection<Action>)posted!).Add(static () => { }), _posted,
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!done.IsCompleted)
        {
            if (_posted.TryTake(out var posted, WatchInterval))
            {
                posted();
            }
            else
            {
                watch();
            }
        }

        return done.GetAwaiter().GetResult();
    }

    public void Dispose() => _posted.Dispose();
}
