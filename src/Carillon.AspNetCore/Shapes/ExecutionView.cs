using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>One attempt at a job.</summary>
internal sealed record ExecutionView(
    string Id, Guid Job, string Handler, string? Schedule, int Attempt, string? Node, string State,
    DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long? DurationMs, string? Error)
{
    public static ExecutionView Of(Execution execution) => new(
        $"{execution.Job}:{execution.Token}", execution.Job, execution.Handler, execution.Schedule, execution.Attempt, execution.Node, execution.State,
        execution.StartedAt, execution.FinishedAt, DurationOf(execution), execution.Error);

    public static long? DurationOf(Execution execution) => execution.FinishedAt - execution.StartedAt is { } duration ? (long)duration.TotalMilliseconds : null;
}
