namespace Carillon.Engine;

/// <summary>Sleeps until an instant of the clock, exactly, or until pulsed.</summary>
internal sealed class DueWake(DueTimer timer, TimeProvider clock) : IWake, IDisposable
{
    private readonly SemaphoreSlim _pulse = new(0);
    private int _pulsed;

    public DateTimeOffset Until { get; private set; }

    public void Pulse()
    {
        if (Interlocked.Exchange(ref _pulsed, 1) == 0)
        {
            _pulse.Release();
        }
    }

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

        try
        {
            await _pulse.WaitAsync(cancellationToken);
            Volatile.Write(ref _pulsed, 0);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The loop looks at its token next.
        }
        finally
        {
            timer.Remove(this);
        }
    }

    public void Dispose() => _pulse.Dispose();
}
