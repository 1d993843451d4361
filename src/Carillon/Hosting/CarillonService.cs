using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Carillon.Hosting;

/// <summary>Starts the instance with the host and drains it with the host.</summary>
internal sealed class CarillonService(CarillonInstance instance, ILogger<CarillonService> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await instance.StartAsync(cancellationToken);
        await CodeSchedules.PutAsync(instance, logger, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => instance.StopAsync(cancellationToken);
}
