using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Carillon.Server.Serving;

/// <summary>Under which address the server can call itself.</summary>
internal static class OwnAddress
{
    /// <summary>The origin of the first address that it listens on, one without TLS before others; null while it does not listen.</summary>
    public static string? Of(IServiceProvider services)
    {
        var hasStarted = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.IsCancellationRequested;
        var addresses = hasStarted ? services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses : null;
        return (addresses ?? []).OrderByDescending(address => address.StartsWith("http://", StringComparison.OrdinalIgnoreCase)).Select(Callable).FirstOrDefault();
    }

    /// <summary>An address that means all of the machine's is no place to call: its loopback address is.</summary>
    public static string Callable(string address) => address.TrimEnd('/')
        .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal).Replace("://*", "://127.0.0.1", StringComparison.Ordinal)
        .Replace("://+", "://127.0.0.1", StringComparison.Ordinal).Replace("://[::]", "://[::1]", StringComparison.Ordinal);
}
