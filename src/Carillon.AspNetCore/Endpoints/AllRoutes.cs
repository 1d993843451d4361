using Carillon.AspNetCore.Compatibility;
using Carillon.AspNetCore.Routing;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>The whole API.</summary>
internal static class AllRoutes
{
    public static IReadOnlyList<ApiRoute> List { get; } =
    [
        .. EnqueueEndpoints.Routes,
        .. JobEndpoints.Routes,
        .. HistoryEndpoints.Routes,
        .. ScheduleEndpoints.Routes,
        .. ScheduleActEndpoints.Routes,
        .. CalendarEndpoints.Routes,
        .. RecurrenceEndpoints.Routes,
        .. ExecutionEndpoints.Routes,
        .. HandlerEndpoints.Routes,
        .. QueueEndpoints.Routes,
        .. NodeEndpoints.Routes,
        .. LockEndpoints.Routes,
        .. AuditEndpoints.Routes,
        .. ExplainEndpoints.Routes,
        .. KeyEndpoints.Routes,
        .. StatusEndpoints.Routes,
        .. HealthEndpoints.Routes,
        .. MetricsEndpoint.Routes,
        .. OpenApiEndpoint.Routes,
        .. CompatJobEndpoints.Routes,
        .. CompatReadEndpoints.Routes,
    ];
}
