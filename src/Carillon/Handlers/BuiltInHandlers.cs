using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Handlers;

/// <summary>The door of the room: the handlers that come with the product. None of them is known to the engine; each is an ordinary one.</summary>
internal static class BuiltInHandlers
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [HttpHandler.Name, ExecHandler.Name, HeartbeatHandler.Name, HeartbeatHandler.Alias];

    /// <summary>All of them, new for each host.</summary>
    /// <exception cref="InvalidRequestException">Entries of <see cref="BuiltInOptions.HttpAllow"/> have faults; all are listed.</exception>
    public static IEnumerable<HandlerDefinition> All(BuiltInOptions options)
    {
        if (!HttpTargets.TryParse(options.HttpAllow, out var targets, out var faults, self: options.Self))
        {
            throw new InvalidRequestException(faults);
        }

        var heartbeat = new HeartbeatHandler(options.NodeName, options.StartedAt);
        return [new HttpHandler(targets).Definition, ExecHandler.Definition, heartbeat.Under(HeartbeatHandler.Name), heartbeat.Under(HeartbeatHandler.Alias)];
    }
}
