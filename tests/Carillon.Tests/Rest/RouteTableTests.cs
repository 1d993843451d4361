using Carillon.AspNetCore.Endpoints;
using Carillon.AspNetCore.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Tests.Rest;

/// <summary>Every route of the API with the role it needs. A new route fails here until somebody has decided who may call it.</summary>
public sealed class RouteTableTests
{
    private const string Expected = """
        DELETE /api/v1/calendars/{name}: Admin
        DELETE /api/v1/keys/{id}: Admin
        DELETE /api/v1/scheduler/jobs/{id}: Admin
        DELETE /api/v1/schedules/{name}: Admin
        GET /api/v1/audit: Viewer
        GET /api/v1/calendars/{name}: Viewer
        GET /api/v1/calendars: Viewer
        GET /api/v1/executions: Viewer
        GET /api/v1/explain/jobs/{id}: Viewer
        GET /api/v1/explain/schedules/{name}: Viewer
        GET /api/v1/handlers/{name}: Viewer
        GET /api/v1/handlers: Viewer
        GET /api/v1/jobs/{id}/journal: Viewer
        GET /api/v1/jobs/{id}/log: Viewer
        GET /api/v1/jobs/{id}/wait: Viewer
        GET /api/v1/jobs/{id}: Viewer
        GET /api/v1/jobs: Viewer
        GET /api/v1/keys: Admin
        GET /api/v1/locks: Viewer
        GET /api/v1/nodes/{name}: Viewer
        GET /api/v1/nodes: Viewer
        GET /api/v1/queues/{name}: Viewer
        GET /api/v1/queues: Viewer
        GET /api/v1/scheduler/executions: Viewer
        GET /api/v1/scheduler/job-types: Viewer
        GET /api/v1/scheduler/jobs/{id}: Viewer
        GET /api/v1/scheduler/jobs: Viewer
        GET /api/v1/scheduler/status: Viewer
        GET /api/v1/scheduler/task-functions: Viewer
        GET /api/v1/schedules/{name}/next: Viewer
        GET /api/v1/schedules/{name}: Viewer
        GET /api/v1/schedules: Viewer
        GET /api/v1/status: Viewer
        GET /health/live: anybody
        GET /health/ready: anybody
        GET /metrics: Viewer
        GET /openapi/v1.json: Viewer
        POST /api/v1/jobs/bulk: Operator
        POST /api/v1/jobs/{id}/cancel: Operator
        POST /api/v1/jobs/{id}/retry: Operator
        POST /api/v1/jobs: Operator
        POST /api/v1/keys: Admin
        POST /api/v1/nodes/{name}/drain: Admin
        POST /api/v1/nodes/{name}/resume: Admin
        POST /api/v1/queues/{name}/limit: Admin
        POST /api/v1/queues/{name}/pause: Operator
        POST /api/v1/queues/{name}/resume: Operator
        POST /api/v1/recurrences/preview: Viewer
        POST /api/v1/scheduler/jobs/{id}/disable: Operator
        POST /api/v1/scheduler/jobs/{id}/enable: Operator
        POST /api/v1/scheduler/jobs/{id}/trigger: Operator
        POST /api/v1/scheduler/jobs: Admin
        POST /api/v1/schedules/{name}/pause: Operator
        POST /api/v1/schedules/{name}/resume: Operator
        POST /api/v1/schedules/{name}/trigger: Operator
        POST /api/v1/schedules: Admin
        PUT /api/v1/calendars/{name}: Admin
        PUT /api/v1/scheduler/jobs/{id}: Admin
        PUT /api/v1/schedules/{name}: Admin
        """;

    [Fact]
    public void Every_route_has_the_role_that_was_decided()
    {
        var actual = AllRoutes.List.Select(route => $"{route.Method} {route.Pattern}: {route.Role?.ToString() ?? "anybody"}").Order(StringComparer.Ordinal);

        Assert.Equal(Expected.ReplaceLineEndings("\n"), string.Join("\n", actual));
    }

    [Fact]
    public async Task Every_endpoint_that_is_mapped_stands_in_the_table_or_refuses()
    {
        await using var api = await ApiHost.StartAsync();
        var endpoints = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();

        var mapped = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<ApiRoute>() is not null).ToList();
        var others = endpoints.Except(mapped).Select(endpoint => endpoint.RoutePattern.RawText).Except(AllRoutes.List.Select(route => route.Pattern)).ToList();

        Assert.Equal(AllRoutes.List.Count, mapped.Count);
        Assert.Equal(["/api/v1/{**rest}"], others);
    }

    [Fact]
    public async Task A_role_may_do_what_it_may_and_nothing_above()
    {
        await using var api = await ApiHost.StartAsync();
        var keys = new Dictionary<Carillon.Access.Role, string> { [Carillon.Access.Role.Admin] = await AccessTests.CreateKeyAsync(api, "admin", "admin") };
        keys[Carillon.Access.Role.Viewer] = await AccessTests.CreateKeyAsync(api, "viewer", "viewer", keys[Carillon.Access.Role.Admin]);
        keys[Carillon.Access.Role.Operator] = await AccessTests.CreateKeyAsync(api, "operator", "operator", keys[Carillon.Access.Role.Admin]);

        foreach (var route in AllRoutes.List)
        {
            foreach (var (role, key) in keys)
            {
                var path = route.Pattern.Replace("{id}", "none", StringComparison.Ordinal).Replace("{name}", "none", StringComparison.Ordinal);
                var answer = await api.SendAsync(new HttpMethod(route.Method), path, HttpMethods.IsGet(route.Method) ? null : "7", request => request.Headers.Add("X-Api-Key", key));

                Assert.True((int)answer.Status == 403 == (route.Role > role), $"{role} on {route.Method} {route.Pattern}: {answer.Status}");
                Assert.NotEqual(401, (int)answer.Status);
                api.Clock.Advance(TimeSpan.FromSeconds(1));
            }

            var anybody = await api.SendAsync(new HttpMethod(route.Method), route.Pattern);
            Assert.Equal(route.Role is not null, (int)anybody.Status == 401);
        }
    }
}
