using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

// Where hosts already look: no further using to the first job.
#pragma warning disable IDE0130 // the extension stands in the namespace of the type it extends
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds Carillon to a host.</summary>
public static class CarillonServiceCollectionExtensions
{
    /// <summary>Adds Carillon: <c>services.AddCarillon(c => c.UseSqlite("carillon.db").Handle("hello", …))</c>. Inject <see cref="JobClient"/> and <see cref="ScheduleClient"/>.</summary>
    public static IServiceCollection AddCarillon(this IServiceCollection services, Action<CarillonBuilder> build) => services.AddCarillon("", build);

    /// <summary>Adds a further Carillon under a name; inject its clients with <c>[FromKeyedServices(name)]</c>. Its settings are the section <c>Carillon:NAME</c>.</summary>
    public static IServiceCollection AddCarillon(this IServiceCollection services, string name, Action<CarillonBuilder> build)
    {
        if (services.Any(service => service.ServiceType == typeof(CarillonInstance) && name.Equals(service.ServiceKey)))
        {
            throw new InvalidOperationException($"A Carillon named '{name}' is already added to this host; give the further one a name of its own: AddCarillon(\"reports\", …).");
        }

        var builder = new CarillonBuilder(name, services);
        services.AddOptions<CarillonOptions>(name).Configure<IServiceProvider>((options, provider) => Bind(name, options, provider)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CarillonOptions>, CarillonOptionsRules>());
        build(builder);
        services.TryAddSingleton(TimeProvider.System);
        services.AddKeyedSingleton(name, (provider, _) => Make(builder, provider));
        services.AddSingleton<IHostedService>(provider => new CarillonService(
            provider.GetRequiredKeyedService<CarillonInstance>(name), provider.GetRequiredService<ILogger<CarillonService>>()));
        services.AddOptions<HostOptions>().PostConfigure<IOptionsMonitor<CarillonOptions>>((host, options) => LeaveTimeToDrain(host, options.Get(name)));
        AddClients(services, name);
        return services;
    }

    private static void AddClients(IServiceCollection services, string name)
    {
        Add(instance => instance.Jobs);
        Add(instance => instance.Schedules);
        Add(instance => instance.Calendars);
        Add(instance => instance.Queues);
        Add(instance => instance.Locks);
        Add(instance => instance.Cluster);
        Add(instance => instance.Nodes);
        Add(instance => instance.Handlers);

        void Add<T>(Func<CarillonInstance, T> client) where T : class
        {
            services.AddKeyedSingleton(name, (provider, _) => client(provider.GetRequiredKeyedService<CarillonInstance>(name)));
            if (name.Length == 0)
            {
                services.AddSingleton(provider => client(provider.GetRequiredKeyedService<CarillonInstance>(name)));
            }
        }
    }

    private static CarillonInstance Make(CarillonBuilder builder, IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<CarillonOptions>>().Get(builder.Name);
        var handlers = builder.Handlers.SelectMany(make => make(provider)).ToList();
        Check(builder, handlers, options);
        handlers = handlers.ConvertAll(handler => Settle(handler, options));
        var store = builder.Store!(provider);
        var parts = new InstanceParts(
            builder.Name, options.EnablePerformanceMonitoring ? MeteredStore.Around(store) : store, new HandlerRegistry(handlers, builder.Middleware), provider, CarillonJson.Options(builder.Resolvers), provider.GetService<Chance>() ?? new Chance())
        {
            Stdio = builder.Stdio ?? Console.Out,
        };
        return new CarillonInstance(parts, options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>());
    }

    // As everything after it sees the handler: what the host says of it, and how its attempts are retried.
    private static HandlerDefinition Settle(HandlerDefinition handler, CarillonOptions options)
    {
        var settled = options.Handlers.TryGetValue(handler.Name, out var settings) ? settings.On(handler) : handler;
        return settled.Attempts is { } attempts ? settled with { Retry = (settled.Retry ?? options.Retry) with { Attempts = attempts } } : settled;
    }

    private static void Check(CarillonBuilder builder, IReadOnlyList<HandlerDefinition> handlers, CarillonOptions options)
    {
        List<string> faults = [.. builder.Faults];
        if (CarillonBuilder.TryFindDuplicate(handlers, out var twice))
        {
            faults.Add($"Two handlers are named '{twice}'; a name stands for one piece of code.");
        }

        faults.AddRange(handlers.SelectMany(JobRules.Check).Select(fault => fault.ToString()));
        faults.AddRange(HandlerSettingTable.Strangers(options, [.. handlers.Select(handler => handler.Name)]));
        if (faults.Count > 0)
        {
            throw new OptionsValidationException(builder.Name, typeof(CarillonBuilder), faults);
        }
    }

    private static void Bind(string name, CarillonOptions options, IServiceProvider provider)
    {
        if (provider.GetService<IConfiguration>() is { } configuration)
        {
            SettingTable.Apply(configuration, name, options);
        }
    }

    private static void LeaveTimeToDrain(HostOptions host, CarillonOptions options)
    {
        var needed = options.DrainTimeout + TimeSpan.FromSeconds(5);
        host.ShutdownTimeout = host.ShutdownTimeout < needed ? needed : host.ShutdownTimeout;
    }
}
