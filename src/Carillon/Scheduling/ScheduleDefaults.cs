namespace Carillon.Scheduling;

/// <summary>What a schedule takes from the host where its request says nothing.</summary>
/// <param name="Zone">IANA zone id.</param>
/// <param name="QueueOf">A handler's own queue; null where it has none or nobody knows it.</param>
internal sealed record ScheduleDefaults(string Zone, Func<string, CancellationToken, Task<string?>>? QueueOf = null)
{
    /// <summary>The queue of a handler's jobs.</summary>
    public async Task<string> QueueAsync(string handler, CancellationToken cancellationToken) =>
        (QueueOf is null ? null : await QueueOf(handler, cancellationToken)) ?? "default";
}
