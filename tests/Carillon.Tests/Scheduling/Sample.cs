using System.Text.Json;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.Tests.Scheduling;

/// <summary>Schedules to fire and facts to read.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Noon = new(2027, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Act Ada = new("ada", "cli", "schedule.put");

    public static Schedule Of(RecurrenceKind kind, string expression, DateTimeOffset nextAt) => new()
    {
        Id = Guid.Parse("00000000-0000-0000-0000-000000000001"),
        Name = "letters",
        Handler = "letters.send",
        Kind = kind,
        Expression = expression,
        AnchorAt = Noon,
        CreatedAt = Noon,
        UpdatedAt = Noon,
        NextAt = nextAt,
        Version = 3,
    };

    public static ScheduleRequest Request(string cron = "0 * * * *", string name = "letters") =>
        new() { Name = name, Handler = "letters.send", Kind = RecurrenceKind.Cron, Expression = cron };

    public static Firing Decide(Schedule schedule, DateTimeOffset now) =>
        FireRule.Decide(schedule, Timetable.Read(schedule, out _)!, now, new Chance(7), new JobIds(new SetClock(now), new Chance(8)));

    /// <summary>The minutes and seconds after noon of the jobs.</summary>
    public static string Jobs(Firing firing) => string.Join(' ', firing.Jobs.Select(job => Offset(job.ScheduledAt)));

    /// <summary>Each entry as <c>reason from-to ×count</c>.</summary>
    public static string Facts(IEnumerable<JournalEntry> facts) => string.Join(" | ", facts.Select(Fact));

    public static string Offset(DateTimeOffset? instant) => instant is null ? "none" : Carillon.Language.Durations.Format(instant.Value - Noon);

    private static string Fact(JournalEntry entry)
    {
        var data = JsonDocument.Parse(entry.Data).RootElement;
        if (entry.Kind == JournalKinds.Shadow) return $"shadow {Offset(data.GetProperty("at").GetDateTimeOffset())}";
        var (from, to) = (data.GetProperty("from").GetDateTimeOffset(), data.GetProperty("to").GetDateTimeOffset());
        var isAtLeast = data.TryGetProperty("isAtLeast", out var atLeast) && atLeast.GetBoolean();
        return $"{data.GetProperty("reason").GetString()} {Offset(from)}..{Offset(to)} {(isAtLeast ? "≥" : "×")}{data.GetProperty("count").GetInt64()}";
    }
}
