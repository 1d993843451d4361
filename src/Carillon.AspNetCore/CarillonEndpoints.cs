using Carillon.AspNetCore.Endpoints;
using Carillon.AspNetCore.Metrics;
using Carillon.AspNetCore.Routing;
using Carillon.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Carillon.AspNetCore;

/// <summary>Serves Carillon's REST API from any ASP.NET Core host.</summary>
public static class CarillonEndpoints
{
    /// <summary>
    /// Maps the API of one Carillon below a prefix: <c>/api/v1/…</c>, <c>/health/…</c>, <c>/metrics</c>, <c>/openapi/v1.json</c>. It guards itself: with no
    /// API key made it takes calls from this machine only, and it needs no authentication of the host (the host's own policies come on top).
    /// </summary>
    /// <param name="app">The host's routes.</param>
    /// <param name="prefix">Such as <c>/carillon</c>; empty for none.</param>
    /// <param name="instance">Which Carillon, where the host has several; empty for the unnamed one.</param>
    public static IEndpointConventionBuilder MapCarillon(this IEndpointRouteBuilder app, string prefix = "", string instance = "")
    {
        var services = app.ServiceProvider;
        var group = app.MapGroup(prefix);
        var options = services.GetRequiredService<IOptionsMonitor<CarillonApiOptions>>().Get(instance);
        var carillon = services.GetRequiredKeyedService<CarillonInstance>(instance);
        var metrics = new MetricListener(carillon.Options.EnablePerformanceMonitoring);
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(metrics.Dispose);
        IReadOnlyList<ApiRoute> routes = [.. AllRoutes.List, .. services.GetServices<ApiRoute>()];
        var doors = Doors.Of(carillon, options, metrics, routes);
        new RouteMap(doors, services.GetRequiredService<ILogger<RouteMap>>()).Map(group, routes);
        return group;
    }
}
