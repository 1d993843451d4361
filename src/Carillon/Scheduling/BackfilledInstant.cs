namespace Carillon.Scheduling;

/// <summary>An instant of a backfill.</summary>
/// <param name="At">The instant.</param>
/// <param name="Job">Its job.</param>
/// <param name="IsNew">The backfill made it; false: it was there.</param>
public readonly record struct BackfilledInstant(DateTimeOffset At, Guid Job, bool IsNew);
