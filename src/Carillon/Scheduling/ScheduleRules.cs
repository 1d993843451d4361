using System.Text.Json;
using Carillon.Jobs;
using Carillon.Language;
using Carillon.Language.Cron;
using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>The limits of a schedule's request; API, CLI, files and code meet the same ones.</summary>
internal static class ScheduleRules
{
    private const int MaxMisfires = 1_000;
    private const int MaxText = 2_000;
    private const int MaxJson = 64 * 1024;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(3_660);
    private static readonly TimeSpan LongestJitter = TimeSpan.FromDays(1);

    /// <summary>Every fault of the request that can be told without a clock.</summary>
    public static IEnumerable<Fault> Check(ScheduleRequest request, ScheduleDefaults defaults) =>
        JobRules.Name("name", request.Name)
            .Concat(JobRules.Name("handler", request.Handler))
            .Concat(When(request.Kind, request.Expression, request.Dialect, (request.Zone, defaults.Zone), request.Name))
            .Concat(request.Queue is null ? [] : JobRules.Name("queue", request.Queue))
            .Concat(JobRules.Priority(request.Priority))
            .Concat(JobRules.Optional("group", request.Group))
            .Concat(JobRules.Args(request.Args))
            .Concat(JobRules.Retry(request.Retry))
            .Concat(JobRules.Timeout(request.Timeout))
            .Concat(Firing(request))
            .Concat(Span(request))
            .Concat(Texts(request));

    /// <summary>Faults of the recurrence's text, dialect and zone.</summary>
    public static IEnumerable<Fault> When(RecurrenceKind kind, string? expression, string? dialect, (string? Given, string Default) zone, string? name)
    {
        if (!Recurrence.TryParse(Timetable.TextOf(kind, expression ?? "", dialect, name), out var recurrence, out var error))
        {
            var isDialect = kind == RecurrenceKind.Cron ? !CronDialects.TryParse(dialect, out _, out _) : dialect is not null;
            yield return isDialect ? new Fault("dialect", Shown.Of(dialect ?? ""), error.Message) : new Fault(FieldOf(kind), Shown.Of(expression ?? ""), error.Message);
        }

        var id = zone.Given ?? zone.Default;
        if (!Zones.TryFind(id, out var found, out var zoneError)) yield return new Fault("zone", Shown.Of(id), zoneError);
        else if (zone.Given is not null && recurrence?.Zone is { } named && !named.Equals(found))
        {
            yield return new Fault("zone", found.Id, $"differs from the zone that the text itself names ('{named.Id}'); keep one of them");
        }
    }

    /// <summary>The member in which a user writes a text of the kind.</summary>
    public static string FieldOf(RecurrenceKind kind) => kind switch
    {
        RecurrenceKind.Cron => "cron",
        RecurrenceKind.Every => "every",
        RecurrenceKind.At => "at",
        _ => "text",
    };

    private static IEnumerable<Fault> Firing(ScheduleRequest request)
    {
        if (request.MisfireMax is < 1 or > MaxMisfires)
        {
            yield return new Fault("misfire.max", $"{request.MisfireMax}", $"must be from 1 to {MaxMisfires}");
        }

        if (request.MisfireWindow < TimeSpan.Zero || request.MisfireWindow > LongestWindow)
        {
            yield return new Fault("misfire.window", $"{request.MisfireWindow}", "must be from 0s to 3660d");
        }

        if (request.Jitter < TimeSpan.Zero || request.Jitter > LongestJitter)
        {
            yield return new Fault("jitter", $"{request.Jitter}", "must be from 0s to 1d");
        }
    }

    private static IEnumerable<Fault> Span(ScheduleRequest request)
    {
        if (request.EndAt < request.StartAt)
        {
            yield return new Fault("endAt", $"{request.EndAt:O}", $"is before startAt ({request.StartAt:O}); swap them or leave one out");
        }

        if (request.MaxCount < 1)
        {
            yield return new Fault("maxCount", $"{request.MaxCount}", "must be at least 1; leave it out for no limit");
        }
    }

    private static IEnumerable<Fault> Texts(ScheduleRequest request)
    {
        if (request.Description?.Length > MaxText)
        {
            yield return new Fault("description", $"{request.Description.Length} characters", $"at most {MaxText} are allowed");
        }

        foreach (var (field, json) in new[] { ("output", request.Output), ("metadata", request.Metadata) })
        {
            if (json?.Length > MaxJson) yield return new Fault(field, $"{json.Length} characters", $"at most {MaxJson} are allowed");
            else if (json is not null && !IsJson(json)) yield return new Fault(field, Shown.Of(json), "must be valid JSON");
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
