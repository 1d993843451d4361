namespace Carillon.Scheduling;

/// <summary>What a schedule takes from the host where its request says nothing.</summary>
/// <param name="Zone">IANA zone id.</param>
internal sealed record ScheduleDefaults(string Zone);
