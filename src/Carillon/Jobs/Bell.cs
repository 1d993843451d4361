namespace Carillon.Jobs;

/// <summary>Wakes the one who waits; rings before the wait count as one. Nothing to dispose, so that whoever rings late does no harm.</summary>
internal sealed class Bell
{
    private volatile TaskCompletionSource _rung = NewRing();

    public void Ring() => _rung.TrySetResult();

    /// <summary>Until it has rung, or for as long as the token allows: never throws. Look after it, not before: a ring from then on is kept for the next wait.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _rung.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _rung = NewRing();
    }

    private static TaskCompletionSource NewRing() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
