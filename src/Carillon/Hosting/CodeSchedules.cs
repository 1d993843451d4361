using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Hosting;

/// <summary>
/// Schedules that stand on handlers' code. They belong to the owner <c>code</c> and follow the code at each start: changed with it, and
/// removed with it where this node alone uses the store. An operator's pause stays.
/// </summary>
internal static partial class CodeSchedules
{
    private const string Owner = "code";

    public static async Task PutAsync(CarillonInstance instance, ILogger logger, CancellationToken cancellationToken)
    {
        var wanted = instance.Handlers.All.SelectMany(handler => handler.Schedules.Select(schedule => RequestOf(handler, schedule))).ToList();
        var act = new Act(Owner, Owner, "schedule.put");
        foreach (var request in wanted)
        {
            if (await instance.Schedules.GetAsync(request.Name, cancellationToken) is { } existing && existing.Owner != Owner)
            {
                LogNotOurs(logger, request.Name, existing.Owner ?? "an operator");
                continue;
            }

            await instance.Schedules.PutAsync(request, act, cancellationToken: cancellationToken);
        }

        // Other nodes may run other code: then nobody can say that a schedule has none left.
        if (!instance.Store.IsShared)
        {
            await RemoveOthersAsync(instance, wanted.Select(request => request.Name).ToHashSet(StringComparer.Ordinal), logger, cancellationToken);
        }
    }

    private static async Task RemoveOthersAsync(CarillonInstance instance, HashSet<string> wanted, ILogger logger, CancellationToken cancellationToken)
    {
        List<string> gone = [];
        IReadOnlyList<Schedule> page;
        string? after = null;
        do
        {
            page = await instance.Schedules.ListAsync(new ScheduleQuery { Owner = Owner, After = after, Limit = 200 }, cancellationToken);
            gone.AddRange(page.Select(schedule => schedule.Name).Where(name => !wanted.Contains(name)));
            after = page.Count > 0 ? page[^1].Name : null;
        }
        while (page.Count > 0);

        if (gone.Count > 0)
        {
            await instance.Schedules.RemoveAsync(gone, new Act(Owner, Owner, "schedule.remove"), cancellationToken);
            gone.ForEach(name => LogRemoved(logger, name));
        }
    }

    private static ScheduleRequest RequestOf(HandlerDefinition handler, HandlerSchedule schedule) => new()
    {
        Name = schedule.Name ?? handler.Name,
        Owner = Owner,
        Handler = handler.Name,
        Kind = schedule.Kind,
        Expression = schedule.Expression,
        Zone = schedule.Zone,
    };

    [LoggerMessage(1310, LogLevel.Warning, "The schedule '{Schedule}' of a handler's code was left alone: it belongs to {Owner} now")]
    private static partial void LogNotOurs(ILogger logger, string schedule, string owner);

    [LoggerMessage(1311, LogLevel.Information, "The schedule '{Schedule}' was removed: it stands on no handler's code any more")]
    private static partial void LogRemoved(ILogger logger, string schedule);
}
