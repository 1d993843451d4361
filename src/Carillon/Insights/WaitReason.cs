namespace Carillon.Insights;

/// <summary>Why a job that has not begun waits.</summary>
/// <param name="Reason">One of the words below.</param>
/// <param name="Detail">The particulars, for people.</param>
public sealed record WaitReason(string Reason, string Detail)
{
    /// <summary>Its instant has not come.</summary>
    public const string NotDue = "not due yet";

    /// <summary>A person paused its queue.</summary>
    public const string PausedQueue = "paused queue";

    /// <summary>Its queue runs as many jobs as it may.</summary>
    public const string QueueLimit = "queue limit";

    /// <summary>Its handler runs as many jobs as it may.</summary>
    public const string HandlerLimit = "handler limit";

    /// <summary>Its queue, or its group in it, may begin no further job yet.</summary>
    public const string RateLimit = "rate limit";

    /// <summary>Another job of its concurrency key runs.</summary>
    public const string ConcurrencyKey = "concurrency key";

    /// <summary>No live node has its handler.</summary>
    public const string NoHandler = "no handler";

    /// <summary>Live nodes have its handler, but none of them serves its queue.</summary>
    public const string UnservedQueue = "unserved queue";

    /// <summary>It waits for another job to end.</summary>
    public const string Dependency = "dependency";

    /// <summary>All nodes that could run it are busy.</summary>
    public const string NoFreeSlot = "no free slot";
}
