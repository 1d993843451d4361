using Carillon.Hosting;
using Carillon.Server.Serving;
using Carillon.Store;

namespace Carillon.Server.Verbs;

/// <summary>A store opened by the command line itself, while no server has it: no engine runs, nothing is begun.</summary>
internal sealed class OfflineStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private OfflineStore(ServiceProvider services) => (_services, Instance) = (services, services.GetRequiredKeyedService<CarillonInstance>(""));

    public CarillonInstance Instance { get; }

    /// <summary>Opens the file, making it if there is none, and brings its schema up to date.</summary>
    /// <exception cref="StoreUnavailableException">A server has it, or it is damaged.</exception>
    public static Task<OfflineStore> OpenAsync(string path, CancellationToken cancellationToken) => OpenAsync(new StoreChoice(path), cancellationToken);

    /// <inheritdoc cref="OpenAsync(string, CancellationToken)"/>
    public static async Task<OfflineStore> OpenAsync(StoreChoice choice, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCarillon(carillon => choice.Use(carillon));
        var offline = new OfflineStore(services.BuildServiceProvider());
        try
        {
            await offline.Instance.Store.UpgradeSchemaAsync(cancellationToken);
            return offline;
        }
        catch
        {
            await offline.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
