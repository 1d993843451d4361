using Carillon.Testing;

namespace Carillon.Tests.Simulation;

/// <summary>A node's clock: it runs evenly with the world's, but its wall is off.</summary>
internal sealed class SkewedClock(VirtualClock world, TimeSpan skew) : TimeProvider
{
    public override long TimestampFrequency => world.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => world.GetUtcNow() + skew;

    public override long GetTimestamp() => world.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => world.CreateTimer(callback, state, dueTime, period);

    public DateTimeOffset ToWorld(DateTimeOffset instant) => instant - skew;
}
