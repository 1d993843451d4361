using Carillon.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Carillon.Hosting;

/// <summary>Starts the instance with the host and drains it with the host.</summary>
internal sealed partial class CarillonService(CarillonInstance instance, ILogger<CarillonService> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await instance.StartAsync(cancellationToken);
        await PutCodeSchedulesAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => instance.StopAsync(cancellationToken);

    // Schedules that stand on handlers' code belong to the owner "code": they follow the code at each start, an operator's pause stays.
    private async Task PutCodeSchedulesAsync(CancellationToken cancellationToken)
    {
        var act = new Act("code", "code", "schedule.put");
        foreach (var handler in instance.Handlers.All)
        {
            foreach (var schedule in handler.Schedules)
            {
                await PutAsync(handler, schedule, act, cancellationToken);
            }
        }
    }

    private async Task PutAsync(Jobs.HandlerDefinition handler, Jobs.HandlerSchedule schedule, Act act, CancellationToken cancellationToken)
    {
        var request = new Scheduling.ScheduleRequest
        {
            Name = schedule.Name ?? handler.Name,
            Owner = "code",
            Handler = handler.Name,
            Kind = schedule.Kind,
            Expression = schedule.Expression,
            Zone = schedule.Zone,
        };
        if (await instance.Schedules.GetAsync(request.Name, cancellationToken) is { } existing && existing.Owner != "code")
        {
            LogNotOurs(request.Name, existing.Owner ?? "an operator");
            return;
        }

        await instance.Schedules.PutAsync(request, act, cancellationToken: cancellationToken);
    }

    [LoggerMessage(1310, LogLevel.Warning, "The schedule '{Schedule}' of a handler's code was left alone: it belongs to {Owner} now")]
    private partial void LogNotOurs(string schedule, string owner);
}
