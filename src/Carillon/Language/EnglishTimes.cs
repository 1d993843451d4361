namespace Carillon.Language;

/// <summary>The local times of an English schedule.</summary>
/// <param name="plan">Days and times of day.</param>
/// <param name="anchor">The day from which steps are counted.</param>
/// <param name="calendar">What makes a Monday to Friday no business day.</param>
internal readonly struct EnglishTimes(EnglishPlan plan, int anchor, Calendar? calendar) : ILocalTimes
{
    private const int Day = EnglishClock.Day;
    private static readonly int End = new DateOnly(CronSearch.LastYear + 1, 1, 1).DayNumber;

    // A zone may still show the last hours of the year before, when it is already 1900 in UTC.
    private static readonly int Begin = new DateOnly(CronSearch.FirstYear - 1, 12, 30).DayNumber;

    private readonly EnglishPlan _plan = plan;
    private readonly int _anchor = anchor;
    private readonly Calendar? _calendar = calendar;

    public bool IsInterval => _plan.Clock.IsInterval;

    public long Next(long from)
    {
        var (day, time) = ((int)(from / Day), (int)(from % Day));
        if (day >= End) return CronSearch.None;
        if (_plan.Clock.Last >= Day && day > 0 && Has(day - 1) && _plan.Clock.Next(time + Day) is >= 0 and var late) return Before(End, At(day - 1, late));
        if (Has(day) && _plan.Clock.Next(time) is >= 0 and var now) return Before(End, At(day, now));
        var next = _plan.Days.Next(day + 1, _anchor, _calendar);
        return next < 0 ? CronSearch.None : Before(End, At(next, _plan.Clock.First));
    }

    public long Previous(long upTo)
    {
        upTo = Math.Min(upTo, At(End, 0) - 1);
        var (day, time) = ((int)(upTo / Day), (int)(upTo % Day));
        if (day < Begin) return CronSearch.None;
        if (Has(day) && _plan.Clock.Previous(time) is >= 0 and var now) return At(day, now);
        var last = _plan.Days.Previous(day - 1, _anchor, _calendar);
        if (last < Begin) return CronSearch.None;
        return At(last, last == day - 1 ? _plan.Clock.Previous(time + Day) : _plan.Clock.Last);
    }

    private bool Has(int day)
    {
        DateOnly.FromDayNumber(day).Deconstruct(out var year, out var month, out var dayOfMonth);
        return (_plan.Days.In(year, month, day - dayOfMonth + 1, _calendar) >> (dayOfMonth - 1) & 1) != 0 && _plan.Days.Step.Takes(day, _anchor);
    }

    private static long At(int day, int time) => ((long)day * Day) + time;

    private static long Before(int end, long time) => time < At(end, 0) ? time : CronSearch.None;
}
