using Carillon.Language;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>A recurrence that somebody wants to look at.</summary>
internal sealed record PreviewBody
{
    public string? Cron { get; init; }

    public string? Every { get; init; }

    public string? At { get; init; }

    public string? Text { get; init; }

    public string? Dialect { get; init; }

    public string? Zone { get; init; }

    /// <summary>The schedule's name, by which H spreads.</summary>
    public string? Name { get; init; }

    public ClockGap? Gap { get; init; }

    public ClockRepeat? Repeat { get; init; }

    public DateTimeOffset? From { get; init; }

    public bool? Inclusive { get; init; }

    public int? Count { get; init; }

    public PreviewRequest ToRequest()
    {
        var faults = new List<Fault>();
        var (kind, expression) = new ScheduleBody { Cron = Cron, Every = Every, At = At, Text = Text }.When("", faults);
        return faults.Count > 0 ? throw new InvalidRequestException(faults) : new PreviewRequest
        {
            Kind = kind,
            Expression = expression,
            Dialect = Dialect,
            Zone = Zone,
            Name = Name,
            Changes = new ClockChanges(Gap, Repeat),
            From = From,
            IsInclusive = Inclusive ?? false,
            Count = Count ?? 5,
        };
    }
}
