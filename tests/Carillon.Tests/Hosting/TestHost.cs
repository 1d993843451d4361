using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Store.Memory;
using Carillon.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Carillon.Tests.Hosting;

/// <summary>A whole host with real threads, over a memory store that outlives it and a clock that the test moves.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;
    private bool _isStarted;

    private TestHost(IHost host, VirtualClock clock) => (_host, Clock) = (host, clock);

    public VirtualClock Clock { get; }

    public IServiceProvider Services => _host.Services;

    public JobClient Jobs => Services.GetRequiredService<JobClient>();

    public ScheduleClient Schedules => Services.GetRequiredService<ScheduleClient>();

    public CarillonInstance Instance => Services.GetRequiredKeyedService<CarillonInstance>("");

    public static TestHost Build(Action<CarillonBuilder> build, IStore? store = null, Action<IServiceCollection>? services = null, Dictionary<string, string?>? settings = null)
    {
        var clock = new VirtualClock();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddCarillon(carillon =>
        {
            // The test moves the clock faster than a busy machine may run the heartbeat's thread: what is lost by that is not what is tested here.
            carillon.Configure(options => options.LeaseDuration = TimeSpan.FromHours(1));
            build(carillon.UseStore(_ => store ?? new MemoryStore()));
        });
        services?.Invoke(builder.Services);
        return new TestHost(builder.Build(), clock);
    }

    public static async Task<TestHost> StartAsync(Action<CarillonBuilder> build, IStore? store = null)
    {
        var host = Build(build, store);
        await host.StartAsync();
        return host;
    }

    public async Task StartAsync()
    {
        await _host.StartAsync();
        _isStarted = true;
    }

    /// <summary>Stops it, moving the clock for as long as it takes.</summary>
    public async Task StopAsync()
    {
        var stopped = _host.StopAsync();
        while (!stopped.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stopped, Task.Run(static () => Thread.Yield()));
        }

        await stopped;
    }

    public async ValueTask DisposeAsync()
    {
        await (_isStarted ? StopAsync() : Task.CompletedTask);
        _host.Dispose();
    }
}
