using Carillon.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carillon.Hosting;

/// <summary>Healthy while the store answers and the node's lease is held.</summary>
internal sealed class CarillonHealthCheck(CarillonInstance instance) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!instance.IsOpen)
        {
            return HealthCheckResult.Unhealthy("the store is not open yet");
        }

        try
        {
            await instance.Store.GetDefinitionAsync(DefinitionKinds.Setting, "health", cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            return HealthCheckResult.Unhealthy(error.Message);
        }

        return instance.IsWorking ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("this node's lease is lost; it is being taken again");
    }
}
