using Carillon.Handlers;
using Carillon.Hosting;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.Server.Configuration;

/// <summary>
/// The schedule that a server has of itself: the heartbeat every five minutes, made only while no enabled schedule of that handler is
/// there. It is applied like a file, so a deleted one stays deleted and a pause stays; a configuration file may take it over.
/// </summary>
internal static class DefaultSchedules
{
    public const string Owner = "defaults";

    private static readonly ConfigFile Heartbeat = new()
    {
        Path = Owner,
        Owner = Owner,
        Schedules =
        [
            new ConfigSchedule(
                new ScheduleRequest
                {
                    Name = HeartbeatHandler.Name,
                    Handler = HeartbeatHandler.Name,
                    Kind = RecurrenceKind.Cron,
                    Expression = "0 */5 * * * *",
                    Output = """{"destinations":["stdio"],"format":"json"}""",
                    Description = "Says that the server lives",
                    Owner = Owner,
                },
                "1", 1),
        ],
    };

    public static async Task<ApplyReport?> ApplyAsync(CarillonInstance instance, CancellationToken cancellationToken)
    {
        foreach (var handler in new[] { HeartbeatHandler.Name, HeartbeatHandler.Alias })
        {
            var enabled = await instance.Schedules.ListAsync(new ScheduleQuery { Handler = handler, Mode = ScheduleMode.Live, Limit = 1 }, cancellationToken);
            if (enabled.Count > 0)
            {
                return null;
            }
        }

        return await new ConfigApplier(instance).ApplyAsync(Heartbeat, isForced: false, isTrial: false, cancellationToken);
    }
}
