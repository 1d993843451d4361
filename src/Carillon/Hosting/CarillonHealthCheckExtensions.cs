using Carillon.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

// Where hosts already look.
#pragma warning disable IDE0130 // the extension stands in the namespace of the type it extends
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds Carillon to a host's health checks.</summary>
public static class CarillonHealthCheckExtensions
{
    /// <summary>Healthy while the store answers and this node's lease is held.</summary>
    /// <param name="checks">The host's checks.</param>
    /// <param name="instance">Name of the Carillon; empty for the first.</param>
    public static IHealthChecksBuilder AddCarillon(this IHealthChecksBuilder checks, string instance = "") =>
        checks.Add(new HealthCheckRegistration(
            instance.Length == 0 ? "carillon" : $"carillon-{instance}",
            provider => new CarillonHealthCheck(provider.GetRequiredKeyedService<CarillonInstance>(instance)), HealthStatus.Unhealthy, ["ready"]));
}
