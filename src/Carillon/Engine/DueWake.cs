using Carillon.Jobs;

namespace Carillon.Engine;

/// <summary>Sleeps until an instant of the clock, or until pulsed.</summary>
internal sealed class DueWake(DueTimer timer, TimeProvider clock, bool isExact = true) : IWake
{
    private readonly Bell _bell = new();

    /// <summary>True where jobs begin by it; the others are up to some milliseconds late.</summary>
    public bool IsExact => isExact;

    public DateTimeOffset Until { get; private set; }

    public void Pulse() => _bell.Ring();

    public async Task WaitAsync(DateTimeOffset? until, CancellationToken cancellationToken)
    {
        if (until <= clock.GetUtcNow())
        {
            return;
        }

        if (until is { } instant)
        {
            Until = instant;
            timer.Add(this);
        }

        await _bell.WaitAsync(cancellationToken);
        timer.Remove(this);
    }
}
