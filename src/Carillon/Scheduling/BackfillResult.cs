namespace Carillon.Scheduling;

/// <summary>What a backfill made, or would make.</summary>
/// <param name="Instants">Every instant of the range, in order.</param>
public sealed record BackfillResult(IReadOnlyList<BackfilledInstant> Instants)
{
    /// <summary>Jobs made (by a dry run: to be made).</summary>
    public int Made => Instants.Count(instant => instant.IsNew);

    /// <summary>Instants that had their job already.</summary>
    public int Existing => Instants.Count - Made;
}
