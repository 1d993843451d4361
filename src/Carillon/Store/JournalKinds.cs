namespace Carillon.Store;

/// <summary>The kinds of journal entry; an entry's data is described beside its kind.</summary>
public static class JournalKinds
{
    /// <summary>An attempt that did not succeed ended: <see cref="AttemptFact"/>.</summary>
    public const string Attempt = "attempt";

    /// <summary>Log lines of an attempt: <c>{"attempt","lines":[…]}</c>.</summary>
    public const string Log = "log";

    /// <summary>Instants of a schedule that made no job: <c>{"reason","from","to","count"}</c>; one entry for a range, with <c>"isAtLeast":true</c> where there were more than were counted.</summary>
    public const string Skipped = "skipped";

    /// <summary>A shadow schedule would have fired: <c>{"at"}</c>.</summary>
    public const string Shadow = "shadow";

    /// <summary>A person's (or a file's) act: <c>{"act","before","after"}</c>.</summary>
    public const string Act = "act";

    /// <summary>A node started, stopped or was lost.</summary>
    public const string Node = "node";
}
