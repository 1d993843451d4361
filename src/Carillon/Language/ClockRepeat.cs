namespace Carillon.Language;

/// <summary>What becomes of a local time that the clock shows twice when it goes back.</summary>
public enum ClockRepeat
{
    /// <summary>It is due the first time.</summary>
    First,

    /// <summary>It is due the second time.</summary>
    Last,

    /// <summary>It is due both times.</summary>
    Both,
}
