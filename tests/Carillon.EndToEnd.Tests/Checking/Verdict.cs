namespace Carillon.EndToEnd.Tests.Checking;

/// <summary>What a checker says of a run.</summary>
/// <param name="Operations">Lines, jobs, acceptances and instants that it looked at.</param>
/// <param name="Violations">What must not be.</param>
/// <param name="Latenesses">How much after their instants the jobs of schedules began, the least first.</param>
internal sealed record Verdict(int Operations, IReadOnlyList<Violation> Violations, IReadOnlyList<TimeSpan> Latenesses)
{
    public string Summary => Violations.Count == 0 ? "0 violations"
        : $"{Violations.Count} violations ({string.Join(", ", Violations.CountBy(violation => violation.Kind).Select(kind => $"{kind.Value} × {kind.Key}"))}):\n{string.Join('\n', Violations.Take(20))}";
}
