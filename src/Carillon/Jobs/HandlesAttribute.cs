namespace Carillon.Jobs;

/// <summary>
/// Makes a method, or a class with one suitable method (<c>RunAsync</c>, <c>Run</c> or <c>HandleAsync</c>), the handler of a name. The source
/// generator checks it while compiling and writes what registers it: <c>carillon.AddHandlers()</c>. Says nothing at run time.
/// </summary>
/// <param name="name">Stable name, such as <c>letters.unlock-due</c>: jobs at rest know their handler by it, so renaming the method changes nothing.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, Inherited = false)]
public sealed class HandlesAttribute(string name) : Attribute
{
    /// <summary>The handler's name.</summary>
    public string Name { get; } = name;

    /// <summary>For people.</summary>
    public string? Description { get; set; }

    /// <summary>The queue of its jobs where the request names none.</summary>
    public string? Queue { get; set; }

    /// <summary>At most so many of its jobs run at once in the whole cluster; 0 for no limit.</summary>
    public int MaxConcurrent { get; set; }

    /// <summary>Attempts in all, the first included, with the pauses of the host's policy between them; 0 for as many as that policy has.</summary>
    public int Attempts { get; set; }

    /// <summary>Its limit for one attempt: <c>30s</c>, <c>5m</c>, <c>1h30m</c> or ISO 8601; null for the host's.</summary>
    public string? Timeout { get; set; }

    /// <summary>How long its ended jobs are kept: <c>1h</c>, <c>90d</c> or ISO 8601; null for as long as the host keeps them.</summary>
    public string? KeepFinished { get; set; }

    /// <summary>Exceptions of these types (or derived from them) are not retried.</summary>
    public Type[] NeverRetry { get; set; } = [];
}
