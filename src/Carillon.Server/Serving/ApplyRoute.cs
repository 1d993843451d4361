using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Carillon.Access;
using Carillon.AspNetCore.Access;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Hosting;
using Carillon.Server.Configuration;
using Carillon.Store;

namespace Carillon.Server.Serving;

/// <summary>What <c>carillon apply</c> sends. Without content the server reads the files that it was started with.</summary>
internal sealed record ApplyBody
{
    /// <summary>The file as the user named it.</summary>
    public string? File { get; init; }

    /// <summary>Its text.</summary>
    public string? Content { get; init; }

    /// <summary>Also bring back what was deleted, and undo what was changed by hand.</summary>
    public bool? Force { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool? DryRun { get; init; }
}

/// <summary>The contract of <see cref="ApplyBody"/>, as strict as the API's.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ApplyBody))]
internal sealed partial class ApplyJson : JsonSerializerContext;

/// <summary><c>POST /api/v1/apply</c>: the server's own route, for only the server has configuration files.</summary>
internal static class ApplyRoute
{
    public static ApiRoute Route { get; } = ApiRoute.Post("/api/v1/apply", Role.Admin, ApplyAsync, "Brings the schedules of a configuration file in line with it.") with
    {
        Body = ApplyJson.Default.ApplyBody,
    };

    private static async Task<IResult> ApplyAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApplyJson.Default.ApplyBody);
        var (own, services) = (call.Http.RequestServices.GetRequiredService<ConfigFiles>(), call.Http.RequestServices);
        var files = body.Content is { } content
            ? [Posted(body.File is { Length: > 0 } name ? name : "posted.yaml", content)]
            : own.Paths.Count > 0 ? own.ReadAll(out var faults) is var read && faults.Count == 0 ? read : throw Invalid(faults)
            : throw new InvalidRequestException([new Fault("content", null, "is required: this server was started without --config, so it has no file of its own")]);
        if (body.Content is not null && await PrivilegeRule.RefuseAsync(call, files.SelectMany(file => file.Schedules).Select(schedule => schedule.Request.Handler)) is { } refusal)
        {
            return refusal;
        }

        var applier = new ConfigApplier(services.GetRequiredKeyedService<CarillonInstance>(""), body.Content is null ? null : $"{call.Caller.Name}, {call.Caller.From}");
        var answers = new JsonArray();
        foreach (var file in files)
        {
            answers.Add(View(await applier.ApplyAsync(file, body.Force ?? false, body.DryRun ?? false, call.Aborted)));
        }

        return Results.Text(new JsonObject { ["dryRun"] = body.DryRun ?? false, ["files"] = answers }.ToJsonString(), "application/json");
    }

    private static ConfigFile Posted(string name, string content) =>
        ConfigFileReader.Read(name, content, ScheduleBody.Read, out var faults) ?? throw Invalid(faults);

    private static InvalidRequestException Invalid(IReadOnlyList<FileFault> faults) =>
        new([.. faults.Select(fault => fault.Fault with { Field = $"{fault.File}:{fault.At} {fault.Fault.Field}".Trim() })]);

    private static JsonObject View(ApplyReport report) => new()
    {
        ["file"] = report.File,
        ["owner"] = report.Owner,
        ["schedules"] = new JsonArray([.. report.Lines.Select(line => new JsonObject { ["name"] = line.Name, ["act"] = NameOf(line.Act), ["heldBy"] = line.HeldBy })]),
        ["queues"] = new JsonArray([.. report.Queues.Select(queue => JsonValue.Create(queue))]),
        ["warnings"] = new JsonArray([.. report.Warnings.Select(warning => JsonValue.Create(warning))]),
        ["summary"] = report.ToString(),
    };

    private static string NameOf(ApplyAct act) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(act.ToString());
}
