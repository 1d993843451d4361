namespace Carillon.Sqlite;

/// <summary>What an older schema has no place for.</summary>
/// <param name="Paused">Schedules that were paused, because the older program would fire them by other rules.</param>
/// <param name="Dropped">Definitions (calendars) that were removed.</param>
internal readonly record struct DowngradeLoss(long Paused, long Dropped)
{
    /// <summary>From the counts of before to those of after.</summary>
    public DowngradeLoss To(DowngradeLoss after) => new(after.Paused - Paused, Dropped - after.Dropped);
}
