namespace Carillon.Jobs;

/// <summary>
/// A schedule for the handler beside it, by a cron expression: five fields, or six with the second first, unless <see cref="Dialect"/> says otherwise. A mistake in it is a build error.
/// </summary>
/// <param name="expression">The expression, such as <c>0 9 * * MON-FRI</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class CronAttribute(string expression) : Attribute
{
    /// <summary>The expression.</summary>
    public string Expression { get; } = expression;

    /// <summary>How it is read: <c>unix</c>, <c>cronos</c> or <c>quartz</c>; null for <c>unix</c>.</summary>
    public string? Dialect { get; set; }

    /// <summary>IANA zone id by whose clocks it is read; null for the host's.</summary>
    public string? Zone { get; set; }

    /// <summary>The schedule's name; null for the handler's. A handler with several schedules names all but one.</summary>
    public string? Name { get; set; }
}
