namespace Carillon.Engine;

/// <summary>Where an attempt runs: the thread pool; in a simulation the simulator's own thread, so that a seed decides the order.</summary>
/// <param name="work">Must not throw.</param>
internal delegate void Launch(Action work);

/// <summary>The ways to launch.</summary>
internal static class Launches
{
    /// <summary>On the thread pool.</summary>
    public static Launch OnPool { get; } = static work => ThreadPool.UnsafeQueueUserWorkItem(static run => run(), work, preferLocal: false);

    /// <summary>At once, on the caller's thread.</summary>
    public static Launch Inline { get; } = static work => work();
}
