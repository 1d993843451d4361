using Carillon.Store;

namespace Carillon.Tests.Outputs;

/// <summary>Ends of attempts, as the engine makes them.</summary>
internal static class Ends
{
    public static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Finish Of(string? output, Outcome? outcome = null, string handler = "letters.send", string? schedule = "nightly") => new(
        new Job
        {
            Id = new Guid("0195aaaa-0000-7000-8000-000000000001"),
            Handler = handler,
            Schedule = schedule,
            Attempt = 2,
            ScheduledAt = At,
            RunAt = At,
            CreatedAt = At,
            Output = output,
        },
        outcome ?? new Outcome.Succeeded("""{"n":1}"""))
    {
        StartedAt = At.AddSeconds(1),
        EndedAt = At.AddSeconds(1).AddMilliseconds(250),
    };
}
