namespace Carillon.Jobs;

/// <summary>Waits until an instant of the clock, exactly, or until cancelled; never throws.</summary>
internal delegate Task Until(DateTimeOffset instant, CancellationToken cancellationToken);
