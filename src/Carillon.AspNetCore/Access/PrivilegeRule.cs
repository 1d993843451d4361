using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Routing;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Access;

/// <summary>
/// Handlers that can do what the process can are for configuration files and code. A handler is privileged when any live node says so;
/// <c>exec</c> is, also while no node that has it lives, for the job would wait for one.
/// </summary>
internal static class PrivilegeRule
{
    private const string Exec = "exec";

    /// <summary>The 403, or null when all of the handlers may be named by the API.</summary>
    public static async Task<IResult?> RefuseAsync(ApiCall call, IEnumerable<string> handlers)
    {
        if (call.Doors.Options.AllowPrivilegedHandlers)
        {
            return null;
        }

        var privileged = await call.Doors.Handlers.ListPrivilegedAsync(call.Aborted);
        return handlers.FirstOrDefault(handler => handler == Exec || privileged.Contains(handler)) is { } refused
            ? Problem.Of(
                StatusCodes.Status403Forbidden,
                $"The handler '{refused}' can do what the server's process can, so only the configuration file may name it; start the server with --allow-remote-exec (CarillonApiOptions.AllowPrivilegedHandlers) to allow it here.")
            : null;
    }
}
