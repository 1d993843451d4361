namespace Carillon.Language;

/// <summary>What becomes of a local time that the clock skips when it goes forward.</summary>
public enum ClockGap
{
    /// <summary>It is due when the gap ends; several are due there once. An interval expression of the unix and quartz dialects goes on by elapsed time.</summary>
    End,

    /// <summary>It is moved by the gap's length, to the instant at which the old clock would have shown it: 02:15 → 02:45 where the clock goes forward by half an hour.</summary>
    Shift,

    /// <summary>It is not due on that day.</summary>
    Skip,
}
