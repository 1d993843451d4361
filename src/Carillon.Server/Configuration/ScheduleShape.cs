using System.Text.Json;
using Carillon.Scheduling;
using Carillon.Server.Cli;
using Carillon.Store;

namespace Carillon.Server.Configuration;

internal static class ScheduleShape
{
    public static ScheduleRequest? Read(JsonElement body, string path, List<Fault> faults) => new()
    {
        Name = body.Text("name") ?? "", Handler = body.Text("handler") ?? "",
        Kind = body.Text("cron") is null ? RecurrenceKind.Every : RecurrenceKind.Cron,
        Expression = body.Text("cron") ?? body.Text("every") ?? "",
        Zone = body.Text("zone"),
        Args = body.Text("args") is { } args ? System.Text.Encoding.UTF8.GetBytes(args) : [],
    };
}
