using Carillon.Cluster;
using Carillon.Jobs;
using Carillon.Language;
using Microsoft.Extensions.Options;

namespace Carillon.Hosting;

/// <summary>Everything that can be wrong with the options, all at once.</summary>
internal sealed class CarillonOptionsRules : IValidateOptions<CarillonOptions>
{
    // A century: beyond what anybody means, and well within what an instant can be moved by.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    private const string Unset = "unset for what its code says";

    public ValidateOptionsResult Validate(string? name, CarillonOptions options)
    {
        List<string> faults = [.. Faults(options).Select(fault => WithSource(fault, options))];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    // A fault begins with the setting's name. Code may have set it after the configuration did: then it is told, not blamed.
    private static string WithSource(string fault, CarillonOptions options) =>
        options.Sources.TryGetValue(fault[..Math.Max(0, fault.IndexOf(" (", StringComparison.Ordinal))], out var source) ? $"{fault} The configuration sets it by {source}." : fault;

    private static IEnumerable<string> Faults(CarillonOptions options) =>
        Counts(options).Concat(Spans(options)).Concat(JobRules.Retry(options.Retry).Select(fault => fault.ToString())).Concat(Names(options)).Concat(Handlers(options));

    private static IEnumerable<string> Counts(CarillonOptions options)
    {
        if (options.MaxConcurrentJobs is < 1 or > 10_000)
        {
            yield return $"MaxConcurrentJobs ({options.MaxConcurrentJobs}) must be from 1 to 10000; to run no job here, set Enabled to false.";
        }

        if ((options.Roles & NodeRoles.All) == NodeRoles.None || (options.Roles & ~NodeRoles.All) != NodeRoles.None)
        {
            yield return $"Roles ({options.Roles}) must be one or more of {string.Join(", ", RoleNames.All)}.";
        }

        if (!options.Enabled && !options.Roles.HasFlag(NodeRoles.Api))
        {
            yield return $"Roles ({string.Join(", ", RoleNames.Of(options.Roles))}) leaves nothing to do where Enabled is false; set Enabled to true or add the role api.";
        }

        if (options.MaxConnections is < 1 or > 1_000)
        {
            yield return $"MaxConnections ({options.MaxConnections}) must be from 1 to 1000; beyond the number of processors there is little gain.";
        }

        if (options.ClaimBatch is < 1 or > 5_000)
        {
            yield return $"ClaimBatch ({options.ClaimBatch}) must be from 1 to 5000; about 500 is where the gain ends.";
        }
    }

    private static IEnumerable<string> Spans(CarillonOptions options)
    {
        foreach (var (name, value) in new[]
        {
            (nameof(options.JobTimeout), options.JobTimeout), (nameof(options.LeaseDuration), options.LeaseDuration),
            (nameof(options.HeartbeatInterval), options.HeartbeatInterval), (nameof(options.KeepFinished), options.KeepFinished),
            (nameof(options.KeepDead), options.KeepDead), (nameof(options.KeepJournal), options.KeepJournal),
        })
        {
            if (value <= TimeSpan.Zero || value > Longest)
            {
                yield return $"{name} ({value}) must be more than zero and at most {Longest.Days} days.";
            }
        }

        if (options.JobTimeout > JobRules.LongestTimeout)
        {
            yield return $"JobTimeout ({options.JobTimeout}) must be at most {JobRules.LongestTimeout.Days} days; let longer work snooze, or enqueue its next part.";
        }

        if (options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > TimeSpan.FromHours(1))
        {
            yield return $"DrainTimeout ({options.DrainTimeout}) must be from 00:00:00 to 01:00:00.";
        }

        if (options.CacheDuration < TimeSpan.Zero || options.CacheDuration > Longest)
        {
            yield return $"CacheDuration ({options.CacheDuration}) must be from zero, for no caching, to {Longest.Days} days.";
        }

        if (options.HeartbeatInterval > options.LeaseDuration / 3)
        {
            yield return $"HeartbeatInterval ({options.HeartbeatInterval}) must be at most a third of LeaseDuration ({options.LeaseDuration}); set it to {options.LeaseDuration / 3} or less.";
        }
    }

    private static IEnumerable<string> Handlers(CarillonOptions options) =>
        options.Handlers.SelectMany(handler => JobRules.Name(HandlerSettingTable.Section, handler.Key)
            .Concat(JobRules.Limit($"{HandlerSettingTable.Section}:{handler.Key}:MaxConcurrent", handler.Value.MaxConcurrent, Unset))
            .Concat(JobRules.Kept($"{HandlerSettingTable.Section}:{handler.Key}:KeepFinished", handler.Value.KeepFinished, Unset)))
        .Select(fault => $"{fault}.");

    private static IEnumerable<string> Names(CarillonOptions options)
    {
        foreach (var fault in options.Queues.SelectMany(queue => JobRules.Name("Queues", queue)).Concat(options.NodeName.Length == 0 ? [] : JobRules.Name("NodeName", options.NodeName)))
        {
            yield return fault.ToString();
        }

        if (!Zones.TryFind(options.Zone, out _, out var error))
        {
            yield return $"Zone ({options.Zone}): {error}";
        }
    }
}
