namespace Carillon.Engine;

/// <summary>A duty: does what is due and says when to come back. Holds the rules; the <see cref="Loop"/> does the waiting.</summary>
internal interface IStep
{
    /// <summary>Does what is due now. Returns when to come back unless woken; null: not before it is woken.</summary>
    Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken);
}
