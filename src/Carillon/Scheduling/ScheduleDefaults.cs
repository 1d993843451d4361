namespace Carillon.Scheduling;

/// <summary>What a schedule takes from the host where its request says nothing.</summary>
/// <param name="Zone">IANA zone id.</param>
/// <param name="QueueOf">A handler's own queue; null where it has none or is not known here.</param>
internal sealed record ScheduleDefaults(string Zone, Func<string, string?>? QueueOf = null)
{
    /// <summary>The queue of a handler's jobs.</summary>
    public string Queue(string handler) => QueueOf?.Invoke(handler) ?? "default";
}
