using System.Net;
using System.Net.Http.Json;
using Carillon.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Rest;

public sealed class InstancesTests
{
    [Fact]
    public async Task Two_instances_in_one_host_do_not_see_each_others_jobs_or_keys()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddCarillon(carillon => carillon.UseMemory()).AddCarillon("mail", carillon => carillon.UseMemory());
        await using var app = builder.Build();
        app.Use((http, next) =>
        {
            http.Connection.RemoteIpAddress = IPAddress.Loopback;
            return next(http);
        });
        app.MapCarillon("/one");
        app.MapCarillon("/two", "mail");
        await app.StartAsync();
        using var client = app.GetTestClient();

        await client.PostAsJsonAsync(new Uri("/one/api/v1/jobs", UriKind.Relative), new { handler = "x" });
        await client.PostAsJsonAsync(new Uri("/one/api/v1/keys", UriKind.Relative), new { name = "anna", role = "admin" });
        var one = await client.GetAsync(new Uri("/one/api/v1/jobs", UriKind.Relative));
        var two = await client.GetStringAsync(new Uri("/two/api/v1/jobs", UriKind.Relative));
        await app.StopAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, one.StatusCode);
        Assert.Equal("{\"items\":[],\"next\":null}", two);
    }
}
