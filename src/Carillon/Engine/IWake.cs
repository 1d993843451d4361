namespace Carillon.Engine;

/// <summary>What a loop sleeps on.</summary>
internal interface IWake
{
    /// <summary>Ends the running or the next wait at once; many pulses before a wait count as one.</summary>
    void Pulse();

    /// <summary>Waits until the instant, or a pulse. Null: only a pulse.</summary>
    Task WaitAsync(DateTimeOffset? until, CancellationToken cancellationToken);
}
