using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Server.Serving;

namespace Carillon.Server.Bench;

/// <summary>A host of its own for one measurement: handlers that do nothing but note when they were called.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private readonly IHost _host;

    private BenchHost(IHost host) => _host = host;

    public JobClient Jobs => _host.Services.GetRequiredService<JobClient>();

    public ScheduleClient Schedules => _host.Services.GetRequiredService<ScheduleClient>();

    public CarillonInstance Instance => _host.Services.GetRequiredKeyedService<CarillonInstance>("");

    public static async Task<BenchHost> StartAsync(StoreChoice store, Action<JobContext> called, Action<CarillonOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddCarillon(carillon =>
        {
            store.Use(carillon);
            carillon.Configure(options => configure?.Invoke(options))
                .Handle("noop", context =>
                {
                    called(context);
                    return Task.FromResult<Store.Outcome?>(null);
                });
        });
        var host = builder.Build();
        await host.StartAsync();
        return new BenchHost(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await Instance.DisposeAsync();
        _host.Dispose();
    }
}
