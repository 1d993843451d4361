namespace Carillon.Store;

/// <summary>What a schedule does with a local time that the clock skips.</summary>
public enum GapPolicy
{
    /// <summary>Due when the gap ends.</summary>
    End,

    /// <summary>Moved by the gap's length.</summary>
    Shift,

    /// <summary>Not due on that day.</summary>
    Skip,
}

/// <summary>What a schedule does with a local time that the clock shows twice.</summary>
public enum RepeatPolicy
{
    /// <summary>Due the first time.</summary>
    First,

    /// <summary>Due the second time.</summary>
    Last,

    /// <summary>Due both times.</summary>
    Both,
}

/// <summary>Where a schedule's instant goes that falls on no business day.</summary>
public enum BusinessDayPolicy
{
    /// <summary>To the first business day after it.</summary>
    Next,

    /// <summary>To the last one before it.</summary>
    Previous,

    /// <summary>To the nearer one; to the later one where both are as near.</summary>
    Nearest,
}
