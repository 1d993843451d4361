using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Carillon.Hosting;

/// <summary>Starts the instance with the host and drains it with the host.</summary>
internal sealed class CarillonService(CarillonInstance instance, ILogger<CarillonService> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Services stop one after the other, the web server before this one, and it waits for whoever still waits for an answer: meanwhile no job may begin.
    public Task StoppingAsync(CancellationToken cancellationToken) => instance.DrainAsync();

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await instance.StartAsync(cancellationToken);
        await CodeSchedules.PutAsync(instance, logger, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => instance.StopAsync(cancellationToken);
}
