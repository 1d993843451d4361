using Carillon.Access;
using Carillon.AspNetCore;
using Carillon.AspNetCore.Shapes;
using Carillon.Cluster;
using Carillon.Handlers;
using Carillon.Hosting;
using Carillon.Server.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Carillon.Server.Serving;

/// <summary>
/// The server: Kestrel, the API, one Carillon with the built-in handlers, and its configuration files. What could refuse the start is
/// looked at before anything runs: settings, files, the store, and who may reach it.
/// </summary>
internal sealed partial class ServerHost(ServeRequest request, TextWriter output)
{
    private const int MaxBody = 1024 * 1024;

    /// <summary>Runs until it is told to stop; 0 after an orderly end.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var files = new ConfigFiles(request.ConfigPaths, ScheduleBody.Read);
        var read = files.ReadAll(out var faults);
        if (faults.Count > 0)
        {
            throw new ConfigRefusedException(faults.Select(fault => fault.ToString()));
        }

        // First of all: a port that is taken refuses the start before a job runs or anything is changed.
        var addresses = AddressesFor(RolesOf(read));
        using var sockets = new HeldSockets(addresses);
        await using var app = Build(files, read, addresses, sockets);
        await PrepareAsync(app, read, cancellationToken);
        await app.StartAsync(cancellationToken);
        Tell(app.Services.GetRequiredService<ILogger<ServerHost>>(), app.Urls);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    // What decides whether anything is listened on at all: the command line, the environment, the files.
    private NodeRoles RolesOf(IReadOnlyList<ConfigFile> read)
    {
        var settings = new CarillonOptions();
        SettingTable.Apply(AddSettings(new ConfigurationBuilder(), read).Build(), "", settings);
        return request.Roles ?? settings.Roles;
    }

    private IReadOnlyList<ListenAddress> AddressesFor(NodeRoles roles)
    {
        if (roles.HasFlag(NodeRoles.Api))
        {
            return request.Addresses;
        }

        var names = string.Join(",", RoleNames.Of(roles));
        return !request.IsAddressGiven
            ? []
            : throw new ConfigRefusedException($"--urls ({string.Join(", ", request.Addresses.Select(address => address.Url))}): this node has no role api, so it listens nowhere. Leave --urls out, or give it --roles {names},api.");
    }

    // Where two files differ, the later one wins.
    private static IConfigurationBuilder AddSettings(IConfigurationBuilder configuration, IReadOnlyList<ConfigFile> read) =>
        read.Aggregate(configuration, (before, file) => before.AddInMemoryCollection(file.ToConfiguration())).AddEnvironmentVariables();

    private WebApplication Build(ConfigFiles files, IReadOnlyList<ConfigFile> read, IReadOnlyList<ListenAddress> addresses, HeldSockets sockets)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "carillon" });
        AddSettings(builder.Configuration, read);
        AddLogging(builder);
        AddWeb(builder, addresses.Count > 0 ? sockets : null);
        builder.Services.Configure<CarillonApiOptions>(api => (api.AllowPrivilegedHandlers, api.MaxBodyBytes) = (request.AllowRemoteExec, MaxBody));
        builder.Services.AddCarillon(carillon => AddCarillon(carillon, read));
        builder.Services.AddSingleton(files);
        builder.Services.AddSingleton(ApplyRoute.Route);
        builder.Services.AddSingleton(provider => new ConfigStep(files, provider.GetRequiredKeyedService<CarillonInstance>(""), provider.GetRequiredService<ILogger<ConfigStep>>()));
        if (request.ConfigPaths.Count > 0)
        {
            builder.Services.AddHostedService<ConfigWatch>();
        }

        var app = builder.Build();
        if (addresses.Count > 0)
        {
            Listen(app, addresses);
        }

        return app;
    }

    private static void Listen(WebApplication app, IReadOnlyList<ListenAddress> addresses)
    {
        foreach (var address in addresses)
        {
            app.Urls.Add(address.Url);
        }

        app.UseRouting();
        app.MapCarillon();
        app.Map("/{**rest}", NothingHere.AnswerAsync).WithOrder(int.MaxValue);
    }

    private void AddLogging(WebApplicationBuilder builder)
    {
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton<ILoggerProvider>(provider => new LogLines(output, request.Log, TimeProvider.System));
    }

    private static void AddWeb(WebApplicationBuilder builder, HeldSockets? sockets)
    {
        if (sockets is null)
        {
            builder.Services.AddSingleton<IServer, NoServer>();
            return;
        }

        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Limit);
        builder.WebHost.UseSockets(transport => transport.CreateBoundListenSocket = sockets.HandOver);
        builder.Services.AddRoutingCore();
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBody;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(120);
        kestrel.Limits.MaxConcurrentConnections = 10_000;
    }

    private void AddCarillon(CarillonBuilder carillon, IReadOnlyList<ConfigFile> read)
    {
        // Settings are read before the store is made.
        CarillonOptions settings = new();
        carillon.Configure(options => settings = options);
        request.Store.Use(carillon, () => settings);
        if (request.Name is { } name)
        {
            carillon.Configure(options => options.NodeName = name);
        }

        carillon.Configure(SetPart);

        carillon.Handle(provider => BuiltInHandlers.All(new BuiltInOptions
        {
            HttpAllow = [.. read.SelectMany(file => file.HttpAllow)],
            Self = () => OwnAddress.Of(provider),
            NodeName = NameOf(provider.GetRequiredService<IOptionsMonitor<CarillonOptions>>().CurrentValue),
            StartedAt = provider.GetRequiredService<TimeProvider>().GetUtcNow(),
        }));
    }

    // Last, for the command line goes before all else.
    private void SetPart(CarillonOptions options)
    {
        options.Roles = request.Roles ?? options.Roles;
        if (request.Queues is { } queues)
        {
            options.Sources["Queues"] = "--queues";
            options.Queues.Clear();
            foreach (var queue in queues)
            {
                options.Queues.Add(queue);
            }
        }
    }

    private static void Tell(ILogger logger, ICollection<string> addresses)
    {
        if (addresses.Count > 0)
        {
            LogListening(logger, string.Join(", ", addresses));
        }
        else
        {
            LogListeningNowhere(logger);
        }
    }

    private static async Task PrepareAsync(WebApplication app, IReadOnlyList<ConfigFile> read, CancellationToken cancellationToken)
    {
        var instance = app.Services.GetRequiredKeyedService<CarillonInstance>("");
        await instance.Store.UpgradeSchemaAsync(cancellationToken);
        await RefuseOpenDoorAsync(app, instance, cancellationToken);
        var step = app.Services.GetRequiredService<ConfigStep>();
        step.Remember(read);
        foreach (var file in read)
        {
            await step.ApplyAsync(file, cancellationToken);
        }

        await DefaultSchedules.ApplyAsync(instance, cancellationToken);
    }

    private static async Task RefuseOpenDoorAsync(WebApplication app, CarillonInstance instance, CancellationToken cancellationToken)
    {
        List<string> faults = [];
        var open = ListenAddress.ParseAll(app.Urls, faults).Where(address => !address.IsLoopback).Select(address => address.Url).ToList();
        if (open.Count > 0 && (await new KeyClient(instance.Store, instance.Clock, instance.Ids).ListAsync(cancellationToken)).Count == 0)
        {
            throw new ConfigRefusedException(
                $"--urls ({string.Join(", ", open)}) can be reached from other machines, but no API key is there, so anybody could run jobs. "
                + $"Make one first: carillon key create NAME --role admin --store {instance.Store.Description}; or listen on http://127.0.0.1:8000 only.");
        }
    }

    private static string NameOf(CarillonOptions options) => options.NodeName.Length > 0 ? options.NodeName : $"{Environment.MachineName}/{Environment.ProcessId}";

    [LoggerMessage(3010, LogLevel.Information, "Carillon listens on {Addresses}")]
    private static partial void LogListening(ILogger logger, string addresses);

    [LoggerMessage(3011, LogLevel.Information, "Carillon has no role api here and opens no port; `carillon node list` at a node that has it shows how this one stands")]
    private static partial void LogListeningNowhere(ILogger logger);
}
