using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Language;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.Server.Configuration;

/// <summary>Carries out a file's plan through the rooms' doors. The schedules are put all or none; what was applied is remembered for the next time.</summary>
internal sealed class ConfigApplier(CarillonInstance instance, string? from = null)
{
    private const int Page = 200;

    /// <summary>Brings the store in line with the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isForced">Also brings back what was deleted and undoes what was changed by hand; a pause stays.</param>
    /// <param name="isTrial">Only says what would be done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ApplyReport> ApplyAsync(ConfigFile file, bool isForced, bool isTrial, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await instance.Store.GetDefinitionAsync(DefinitionKinds.Owner, file.Owner, cancellationToken);
            var memory = OwnerMemory.Parse(stored?.Body);
            var existing = await ExistingAsync(file, memory, cancellationToken);
            var plan = ApplyRule.Plan(file, memory.Schedules, existing.ToDictionary(pair => pair.Key, pair => pair.Value.Owner, StringComparer.Ordinal), isForced);
            var limits = LimitsOf(file, memory, isForced);
            var report = new ApplyReport(file.Path, file.Owner, plan.Lines, [.. limits.Keys], await WarningsAsync(file, plan, cancellationToken));
            var after = new OwnerMemory(plan.Remembered, file.Queues, CalendarPuts.Marks(file)).ToJson();
            if (isTrial || (after == stored?.Body && !HasWork(report) && !CalendarPuts.Any(file, memory, isForced)))
            {
                return report;
            }

            await CalendarPuts.CarryOutAsync(file, memory, isForced, instance.Calendars, ActOf(file, "calendar.put"), cancellationToken);
            await CarryOutAsync(file, plan, existing, limits, cancellationToken);
            // Another node applied a file of the same owner meanwhile: look again.
            if (await instance.Store.PutDefinitionAsync(
                DefinitionKinds.Owner, file.Owner, after, stored?.Version ?? 0, ActOf(file, "file.apply"), instance.Clock.GetUtcNow(), cancellationToken))
            {
                return report;
            }
        }
    }

    private async Task CarryOutAsync(
        ConfigFile file, ApplyPlan plan, Dictionary<string, Schedule> existing, IReadOnlyDictionary<string, QueueLimits> limits, CancellationToken cancellationToken)
    {
        var wanted = plan.Names(ApplyAct.Add, ApplyAct.Update).ToHashSet(StringComparer.Ordinal);
        var puts = file.Schedules.Where(schedule => wanted.Contains(schedule.Name)).Select(schedule => WithMode(schedule.Request, existing.GetValueOrDefault(schedule.Name), file.Owner)).ToList();
        if (puts.Count > 0)
        {
            await instance.Schedules.PutAllAsync(puts, ActOf(file, "schedule.put"), cancellationToken);
        }

        if (plan.Names(ApplyAct.Remove).ToList() is { Count: > 0 } removed)
        {
            await instance.Schedules.RemoveAsync(removed, ActOf(file, "schedule.remove"), cancellationToken);
        }

        foreach (var (queue, limit) in limits)
        {
            await instance.Queues.LimitAsync(queue, _ => limit, ActOf(file, "queue.limit"), cancellationToken);
        }
    }

    // A pause that the file itself caused ends with it; a person's pause stays whatever the file says.
    private static ScheduleRequest WithMode(ScheduleRequest request, Schedule? existing, string owner) => existing switch
    {
        null or { Mode: not ScheduleMode.Paused } => request,
        _ when existing.PausedBy == owner => request with { Mode = request.Mode ?? ScheduleMode.Live },
        _ => request with { Mode = null },
    };

    private async Task<Dictionary<string, Schedule>> ExistingAsync(ConfigFile file, OwnerMemory memory, CancellationToken cancellationToken)
    {
        Dictionary<string, Schedule> existing = new(StringComparer.Ordinal);
        for (string? after = null; ;)
        {
            var page = await instance.Schedules.ListAsync(new ScheduleQuery { Owner = file.Owner, After = after, Limit = Page }, cancellationToken);
            foreach (var schedule in page)
            {
                existing[schedule.Name] = schedule;
            }

            if (page.Count < Page)
            {
                break;
            }

            after = page[^1].Name;
        }

        foreach (var name in file.Schedules.Select(schedule => schedule.Name).Concat(memory.Schedules.Keys).Except(existing.Keys, StringComparer.Ordinal).ToList())
        {
            if (await instance.Schedules.GetAsync(name, cancellationToken) is { } schedule)
            {
                existing[name] = schedule;
            }
        }

        return existing;
    }

    // Like the schedules: what the file says anew is set, what a person changed since stays. A queue that it names no more loses its limits.
    private static Dictionary<string, QueueLimits> LimitsOf(ConfigFile file, OwnerMemory memory, bool isForced)
    {
        var limits = file.Queues
            .Where(queue => isForced || !memory.Queues.TryGetValue(queue.Key, out var before) || before != queue.Value)
            .ToDictionary(queue => queue.Key, queue => queue.Value, StringComparer.Ordinal);
        foreach (var gone in memory.Queues.Keys.Where(name => !file.Queues.ContainsKey(name)))
        {
            limits[gone] = new QueueLimits();
        }

        return limits;
    }

    private async Task<IReadOnlyList<string>> WarningsAsync(ConfigFile file, ApplyPlan plan, CancellationToken cancellationToken)
    {
        var known = instance.Handlers.All.Select(handler => handler.Name)
            .Concat((await instance.Cluster.ListHandlersAsync(cancellationToken)).Select(handler => handler.Name)).ToHashSet(StringComparer.Ordinal);
        var unknown = file.Schedules.Where(schedule => !known.Contains(schedule.Request.Handler)).Select(schedule =>
            $"{file.Path}:{schedule.Line}: no live node has the handler '{schedule.Request.Handler}'{Hint(schedule.Request.Handler, known)}; the jobs of '{schedule.Name}' wait until one has.");
        var held = plan.Lines.Where(line => line.Act == ApplyAct.Conflict).Select(line =>
            $"{file.Path}: the schedule '{line.Name}' was left alone, for it {(line.HeldBy is { } owner ? $"belongs to {owner}" : "was made by hand")}; rename one of them, or remove that one.");
        var deleted = plan.Names(ApplyAct.LeaveDeleted).Select(name =>
            $"{file.Path}: the schedule '{name}' was deleted by hand and stays so; `carillon apply --force` brings it back.");
        var odd = file.Schedules.SelectMany(schedule => schedule.Request.Warnings().Select(warning => $"{file.Path}:{schedule.Line}: '{schedule.Name}': {warning}"));
        return [.. odd, .. unknown, .. held, .. deleted];
    }

    private static bool HasWork(ApplyReport report) =>
        report.Queues.Count > 0 || report.Lines.Any(line => line.Act is ApplyAct.Add or ApplyAct.Update or ApplyAct.Remove);

    private static string Hint(string handler, IEnumerable<string> known) => Spelling.Nearest(handler, known) is { } nearest ? $" (did you mean '{nearest}'?)" : "";

    private Act ActOf(ConfigFile file, string what) => new(file.Owner, from ?? file.Path, what);
}
