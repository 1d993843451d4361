using System.Text;
using System.Text.Json;
using Carillon.AspNetCore.Json;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>What a caller (or a configuration file) writes to make a schedule.</summary>
internal sealed record ScheduleBody
{
    public string? Name { get; init; }

    public string? Handler { get; init; }

    public RawJson? Args { get; init; }

    public string? Cron { get; init; }

    public string? Every { get; init; }

    public string? At { get; init; }

    public string? Text { get; init; }

    public string? Dialect { get; init; }

    public string? Zone { get; init; }

    public string? Calendar { get; init; }

    public BusinessDayPolicy? BusinessDay { get; init; }

    public GapPolicy? Gap { get; init; }

    public RepeatPolicy? Repeat { get; init; }

    public MisfireBody? Misfire { get; init; }

    public OverlapPolicy? Overlap { get; init; }

    public TimeSpan? Jitter { get; init; }

    public string? Queue { get; init; }

    public int? Priority { get; init; }

    public string? Group { get; init; }

    public RetryBody? Retry { get; init; }

    public TimeSpan? Timeout { get; init; }

    public bool? Enabled { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    public long? MaxCount { get; init; }

    public OutputJson? Output { get; init; }

    public string? Description { get; init; }

    /// <summary>
    /// Reads one strictly from any document, such as a configuration file; notes every fault below <paramref name="path"/>. Where there are any, the
    /// request is what could be read of it, so that more can be checked and all be told at once; null where that is nothing.
    /// </summary>
    public static ScheduleRequest? Read(JsonElement body, string path, List<Fault> faults)
    {
        List<Fault> found = [];
        StrictShape.Check(body, ApiJson.Wire.ScheduleBody, path, found);
        faults.AddRange(found);
        return SoundMembers.Of(body, path, found) is { } sound ? sound.Deserialize(ApiJson.Wire.ScheduleBody)?.ToRequest(null, path, faults) : null;
    }

    /// <summary>The request; what cannot be one is noted.</summary>
    public ScheduleRequest ToRequest(string? name, string path, List<Fault> faults)
    {
        var (kind, expression) = When(path.Length == 0 ? "" : path + ".", faults);
        return new ScheduleRequest
        {
            Name = name ?? Name ?? "",
            Handler = Handler ?? "",
            Args = Args?.Utf8.ToArray() ?? [],
            Kind = kind,
            Expression = expression,
            Dialect = Dialect,
            Zone = Zone,
            Calendar = Calendar,
            BusinessDay = BusinessDay,
            Gap = Gap,
            Repeat = Repeat,
            Misfire = Misfire?.Policy ?? MisfirePolicy.Once,
            MisfireWindow = Misfire?.Window ?? TimeSpan.FromHours(24),
            MisfireMax = Misfire?.Max ?? 100,
            Overlap = Overlap ?? OverlapPolicy.Skip,
            Jitter = Jitter ?? TimeSpan.Zero,
            Queue = Queue,
            Priority = Priority ?? 0,
            Group = Group,
            Retry = Retry?.ToPolicy(),
            Timeout = Timeout,
            Mode = Enabled is { } enabled ? enabled ? ScheduleMode.Live : ScheduleMode.Paused : null,
            StartAt = StartAt,
            EndAt = EndAt,
            MaxCount = MaxCount,
            Output = Output is { } output ? Encoding.UTF8.GetString(output.Utf8.Span) : null,
            Description = Description,
        };
    }

    /// <summary>The one recurrence that is given; none or several are noted as faults.</summary>
    public (RecurrenceKind Kind, string Expression) When(string prefix, List<Fault> faults)
    {
        List<(string Field, RecurrenceKind Kind, string Text)> given =
        [
            .. Cron is null ? [] : ((string, RecurrenceKind, string)[])[("cron", RecurrenceKind.Cron, Cron)],
            .. Every is null ? [] : ((string, RecurrenceKind, string)[])[("every", RecurrenceKind.Every, Every)],
            .. At is null ? [] : ((string, RecurrenceKind, string)[])[("at", RecurrenceKind.At, At)],
            .. Text is null ? [] : ((string, RecurrenceKind, string)[])[("text", RecurrenceKind.Text, Text)],
        ];
        if (given.Count == 1)
        {
            return (given[0].Kind, given[0].Text);
        }

        faults.Add(given.Count == 0
            ? new Fault(prefix + "cron", null, "is required, or one of every, at, text: say when it fires, such as \"cron\":\"0 9 * * 1-5\" or \"every\":\"5m\"")
            : new Fault(prefix + given[1].Field, given[1].Text, $"cannot be given together with {given[0].Field}; keep one of them"));
        return (RecurrenceKind.Cron, "");
    }
}

/// <summary>What becomes of missed instants.</summary>
internal sealed record MisfireBody
{
    public MisfirePolicy? Policy { get; init; }

    public TimeSpan? Window { get; init; }

    public int? Max { get; init; }
}

/// <summary>Why somebody pauses something.</summary>
internal sealed record ReasonBody
{
    public string? Reason { get; init; }

    /// <summary>The reason, short and printable; null when none was given.</summary>
    public static string? Of(ReasonBody? body)
    {
        if (body?.Reason is { Length: > 500 } || body?.Reason?.Any(char.IsControl) == true)
        {
            throw new InvalidRequestException([new Fault("reason", null, "must be at most 500 printable characters")]);
        }

        return string.IsNullOrWhiteSpace(body?.Reason) ? null : body.Reason;
    }
}
