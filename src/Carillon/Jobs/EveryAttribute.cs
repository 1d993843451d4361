namespace Carillon.Jobs;

/// <summary>A schedule for the handler beside it, at an interval of elapsed time, at least 100 ms. A mistake in it is a build error.</summary>
/// <param name="interval"><c>30s</c>, <c>5m</c>, <c>1h30m</c> or ISO 8601; <c>5m after end</c> counts from the end of the last job.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class EveryAttribute(string interval) : Attribute
{
    /// <summary>The interval.</summary>
    public string Interval { get; } = interval;

    /// <summary>The schedule's name; null for the handler's. A handler with several schedules names all but one.</summary>
    public string? Name { get; set; }
}
