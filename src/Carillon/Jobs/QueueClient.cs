using System.Text.Json;
using Carillon.Store;

namespace Carillon.Jobs;

/// <summary>A queue as a reader sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Settings">Its limits and whether it is paused.</param>
/// <param name="Pending">Jobs that wait, due or not.</param>
/// <param name="Running">Jobs that run.</param>
/// <param name="Waiting">Jobs that wait for other jobs.</param>
/// <param name="Dead">Dead jobs.</param>
/// <param name="OldestRunAt">The earliest instant at which one of its pending jobs is (or was) due.</param>
public sealed record QueueView(string Name, QueueSettings Settings, long Pending, long Running, long Waiting, long Dead, DateTimeOffset? OldestRunAt);

/// <summary>The door to queues: look, pause, resume, limit. A queue exists as soon as a job or a setting names it.</summary>
public sealed class QueueClient
{
    private readonly IStore _store;
    private readonly TimeProvider _clock;

    internal QueueClient(IStore store, TimeProvider clock) => (_store, _clock) = (store, clock);

    /// <summary>All queues that have live jobs or settings, and <c>default</c>, by name.</summary>
    public async Task<IReadOnlyList<QueueView>> ListAsync(CancellationToken cancellationToken = default)
    {
        var summary = await _store.SummarizeAsync(cancellationToken);
        var settings = (await _store.ListDefinitionsAsync(DefinitionKinds.Queue, cancellationToken)).ToDictionary(definition => definition.Name, Read);
        var counts = summary.Counts.ToLookup(count => count.Queue);
        return [.. counts.Select(group => group.Key).Concat(settings.Keys).Append("default").Distinct().Order(StringComparer.Ordinal)
            .Select(name => View(name, settings.GetValueOrDefault(name) ?? new QueueSettings(), counts[name]))];
    }

    /// <summary>No job of the queue is begun until it is resumed; running ones go on.</summary>
    public Task PauseAsync(string queue, string? reason, Act act, CancellationToken cancellationToken = default) =>
        ChangeAsync(queue, settings => settings with { IsPaused = true, PauseReason = reason, PausedBy = act.Who }, act, cancellationToken);

    /// <summary>Its jobs are begun again, effective at once.</summary>
    public Task ResumeAsync(string queue, Act act, CancellationToken cancellationToken = default) =>
        ChangeAsync(queue, settings => settings with { IsPaused = false, PauseReason = null, PausedBy = null }, act, cancellationToken);

    /// <summary>At most so many of its jobs run at once in the whole cluster; null for no limit.</summary>
    public Task LimitAsync(string queue, int? maxConcurrent, Act act, CancellationToken cancellationToken = default) =>
        LimitAsync(queue, limits => limits with { MaxConcurrent = maxConcurrent }, act, cancellationToken);

    /// <summary>
    /// Changes what limits the queue, effective at once in the whole cluster; jobs that run go on. A rate that is changed begins anew, with nothing
    /// spent; one that is set to what it was stays as it is.
    /// </summary>
    /// <exception cref="InvalidRequestException">The limits have faults; all are listed.</exception>
    public Task LimitAsync(string queue, Func<QueueLimits, QueueLimits> change, Act act, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return ChangeAsync(queue, settings => Checked(change(QueueLimits.Of(settings))).On(settings), act, cancellationToken);
    }

    private static QueueLimits Checked(QueueLimits limits)
    {
        var faults = JobRules.Check(limits).ToList();
        return faults.Count == 0 ? limits : throw new InvalidRequestException(faults);
    }

    // Two people may act at once: the version says who came second, and the second one looks again.
    private async Task ChangeAsync(string queue, Func<QueueSettings, QueueSettings> change, Act act, CancellationToken cancellationToken)
    {
        var faults = JobRules.Name("queue", queue).ToList();
        if (faults.Count > 0)
        {
            throw new InvalidRequestException(faults);
        }

        bool written;
        do
        {
            var stored = await _store.GetDefinitionAsync(DefinitionKinds.Queue, queue, cancellationToken);
            var settings = change(stored is null ? new QueueSettings() : Read(stored));
            var body = JsonSerializer.Serialize(settings, StoreJson.Default.QueueSettings);
            written = await _store.PutDefinitionAsync(DefinitionKinds.Queue, queue, body, stored?.Version ?? 0, act, _clock.GetUtcNow(), cancellationToken);
        }
        while (!written);
    }

    private static QueueSettings Read(Definition definition) => QueueSettings.Read(definition.Body);

    private static QueueView View(string name, QueueSettings settings, IEnumerable<JobCount> counts)
    {
        var all = counts.ToList();
        long Of(JobState state) => all.Where(count => count.State == state).Sum(count => count.Count);
        return new QueueView(name, settings, Of(JobState.Pending), Of(JobState.Running), Of(JobState.Waiting), Of(JobState.Dead),
            all.Where(count => count.State == JobState.Pending).Min(count => count.OldestRunAt));
    }
}
