using Carillon.Scheduling;

namespace Carillon.AspNetCore.Shapes;

/// <summary>What a backfill made, or would make.</summary>
internal sealed record BackfillAnswer(string Schedule, bool DryRun, int Made, int Existing, IReadOnlyList<BackfillItem> Items)
{
    public static BackfillAnswer Of(string schedule, BackfillRequest request, BackfillResult result) => new(
        schedule, request.IsDryRun, result.Made, result.Existing,
        [.. result.Instants.Select(instant => new BackfillItem(instant.At, request.IsDryRun && instant.IsNew ? null : instant.Job, instant.IsNew))]);
}
