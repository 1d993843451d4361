namespace Carillon.Language;

/// <summary>Only each so-manieth day, week, month or year counts, from the one in which the anchor lies. The default is each.</summary>
/// <param name="Unit">Day, week, month or year.</param>
/// <param name="Count">At least 2; 0 for none.</param>
internal readonly record struct EnglishStep(EnglishUnit Unit, int Count)
{
    /// <summary>What is counted from where nothing else was chosen: a Monday, the first of an ISO week.</summary>
    public static readonly int DefaultAnchor = new DateOnly(1970, 1, 5).DayNumber;

    public bool IsNone => Count == 0;

    /// <summary>True when the day counts.</summary>
    public bool Takes(int day, int anchor) => Count == 0 || (Number(day) - Number(anchor)) % Count == 0;

    // The day 0 is Monday, 0001-01-01, so that weeks of seven are ISO weeks.
    private int Number(int day)
    {
        if (Unit is EnglishUnit.Day or EnglishUnit.Week) return Unit == EnglishUnit.Day ? day : day / 7;
        var date = DateOnly.FromDayNumber(day);
        return Unit == EnglishUnit.Year ? date.Year : (date.Year * 12) + date.Month;
    }
}
