namespace Carillon.Language;

/// <summary>Makes one meaning of what the clauses said, or says which of them do not go together.</summary>
internal sealed partial class EnglishResolver
{
    private static readonly EnglishClock Midnight = EnglishClock.At([0]);

    private readonly EnglishDraft _draft;
    private readonly string _text;
    private ParseError? _error;

    private EnglishResolver(EnglishDraft draft, string text) => (_draft, _text) = (draft, text);

    public static ParseError? Resolve(EnglishDraft draft, string text, out EnglishPlan? plan)
    {
        var resolver = new EnglishResolver(draft, text);
        plan = null;
        if (!resolver.TryDays(out var days) || !resolver.TryClock(days, out var clock) || !resolver.TryCount(days, clock)) return resolver._error;
        plan = new EnglishPlan(days, clock ?? Midnight, draft.Zone?.Value, clock is null ? TimeSpan.FromSeconds(draft.Interval!.Value) : null);
        return null;
    }

    /// <summary>The times of day; null for an interval of elapsed time.</summary>
    private bool TryClock(EnglishDays days, out EnglishClock? clock)
    {
        clock = Midnight;
        if (_draft.PastHour is { } past && _draft.Interval is null && _draft.Cadence is { } cadence)
        {
            return Fail(past, "Minutes past the hour stand without the hours", "'hourly', or a whole time such as 9:30", Said(cadence));
        }

        if (_draft.Interval is null && _draft.PastHour is null) return TryFixed(out clock);
        if (_draft.Times is { } times) return Fail(times, "An interval has times of day", "'from' … 'to', a window, or no interval", "What does not fit into one sentence is two schedules.");
        return TryInterval(days, out clock);
    }

    private bool TryFixed(out EnglishClock? clock)
    {
        clock = _draft.Times is { } times ? EnglishClock.At(times.Value) : Midnight;
        return _draft.Window is not { } window || Fail(window, "A window stands without an interval", "'every 10 minutes', 'hourly' beside it, or 'at' with a time");
    }

    private bool TryInterval(EnglishDays days, out EnglishClock? clock)
    {
        var seconds = _draft.Interval?.Value ?? 3600;
        var isGrid = EnglishClock.Day % seconds == 0;
        clock = null;
        if (_draft.PastHour is { } minutes && _draft.Interval is { } interval && !_draft.IsHourly) return Fail(minutes, $"Minutes past the hour do not go with {Said(interval)}", "an interval of whole hours");
        if (!isGrid && _draft.Window is null && _draft.PastHour is null && days.IsEveryDay) return true;
        if (seconds > EnglishClock.Day) return Fail(_draft.Interval!, "An interval longer than a day has days or a window", "at most 24 hours", "Without days and a window it counts elapsed time.");
        if (!isGrid && _draft.Window is null && _draft.PastHour is not null) return Fail(_draft.Interval!, "Minutes past the hour need hours that divide the day", "1, 2, 3, 4, 6, 8, 12 or 24 hours");
        var window = _draft.Window?.Value ?? (0, EnglishClock.Day - 1);
        var start = _draft.PastHour is null ? window.From : window.From - (window.From % 3600);
        clock = EnglishClock.Of((int)seconds, _draft.PastHour is null ? [start] : _draft.PastHour.Value.Select(offset => start + offset), window);
        return clock is not null || Fail(_draft.Window!, "The window holds none of these times", "a longer window");
    }

    /// <summary><c>twice a day</c>: as many times as there are.</summary>
    private bool TryCount(EnglishDays days, EnglishClock? clock)
    {
        if (_draft.Count is not { } count) return true;
        var unit = _draft.Interval is not null ? EnglishUnit.Hour : _draft.Cadence?.Value.Unit ?? EnglishUnit.Day;
        var given = unit switch
        {
            EnglishUnit.Hour => _draft.PastHour?.Value.Distinct().Count() ?? 1,
            EnglishUnit.Day => clock!.IsInterval ? 0 : clock.Offsets.Length,
            EnglishUnit.Week => System.Numerics.BitOperations.PopCount((uint)(_draft.Weekdays?.Value ?? 1)) * clock!.Offsets.Length,
            _ => ItemsIn(days, unit) * clock!.Offsets.Length,
        };
        var what = unit == EnglishUnit.Day ? "times: 'at 8 and 20'" : unit == EnglishUnit.Hour ? "minutes: 'at :00 and :30'" : "days: 'on the 1st and 15th'";
        return given == count.Value || Fail(count, $"{Said(count)} says {count.Value}, but {given} {(given == 1 ? "is" : "are")} given", $"{count.Value} {(unit == EnglishUnit.Week ? "days of the week" : what)}");
    }

    private static int ItemsIn(EnglishDays days, EnglishUnit unit)
    {
        var months = Enumerable.Range(1, 12).Select(days.Of).Where(month => !month.IsEmpty).ToList();
        var count = months.Count == 0 ? 0 : Count(months[0]);
        return unit == EnglishUnit.Year ? months.Sum(Count) : count;
    }

    private static int Count(EnglishMonth month) =>
        System.Numerics.BitOperations.PopCount(month.Days) + System.Numerics.BitOperations.PopCount(month.DaysFromEnd) + System.Numerics.BitOperations.PopCount(month.Nth)
        + System.Numerics.BitOperations.PopCount(month.Business) + System.Numerics.BitOperations.PopCount(month.BusinessFromEnd);

    private string Said<T>(EnglishStated<T> stated) => $"'{Shown.Of(_text.Substring(stated.Position, stated.Length))}'";

    private bool Fail<T>(EnglishStated<T> at, string problem, string expected, string? hint = null)
    {
        _error ??= new ParseError(at.Position, at.Length, problem, expected, hint);
        return false;
    }
}
