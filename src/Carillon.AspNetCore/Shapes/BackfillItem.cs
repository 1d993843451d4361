namespace Carillon.AspNetCore.Shapes;

/// <summary>An instant of a backfill: its job, and whether the backfill made it.</summary>
internal sealed record BackfillItem(DateTimeOffset At, Guid? Job, bool IsNew);
