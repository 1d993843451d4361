namespace Carillon.EndToEnd.Tests.Checking;

/// <summary>The instants of a schedule that must be accounted for.</summary>
/// <param name="Schedule">Its name.</param>
/// <param name="First">Its first instant.</param>
/// <param name="Period">From one to the next.</param>
/// <param name="End">The first that has not come yet: none before it may be missing, none from it on may have run.</param>
internal sealed record Timetable(string Schedule, DateTimeOffset First, TimeSpan Period, DateTimeOffset End)
{
    /// <summary>Ranges that a record says were skipped, both ends within.</summary>
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Skipped { get; init; } = [];

    public IEnumerable<DateTimeOffset> Instants
    {
        get
        {
            for (var instant = First; instant < End; instant += Period)
            {
                yield return instant;
            }
        }
    }

    public bool IsSkipped(DateTimeOffset instant) => Skipped.Any(range => instant >= range.From && instant <= range.To);
}
