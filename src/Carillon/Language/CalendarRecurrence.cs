namespace Carillon.Language;

/// <summary>A recurrence with a calendar: instants outside are dropped, or moved to a business day.</summary>
internal sealed class CalendarRecurrence : Recurrence
{
    /// <summary>A calendar that leaves nothing of so many instants in a row counts as leaving nothing: no search is endless.</summary>
    private const int MaxDropped = 200_000;

    private readonly Recurrence _inner;
    private readonly Calendar? _calendar;
    private readonly BusinessDay? _shift;

    public CalendarRecurrence(Recurrence inner, Calendar? calendar, BusinessDay? shift)
    {
        (_inner, _calendar, _shift) = (inner, calendar, shift);
        Zone = inner.Zone;
    }

    public override RecurrenceForm Form => _inner.Form;

    public override string? Dialect => _inner.Dialect;

    public override IReadOnlyList<string> Warnings => _inner.Warnings;

    public override TimeSpan? DelayAfterEnd => _inner.DelayAfterEnd;

    internal override DateTimeOffset? Anchor => _inner.Anchor;

    public override Recurrence AnchoredAt(DateTimeOffset anchor) => Inner.AnchoredAt(anchor).On(_calendar, _shift);

    private Recurrence Inner => _inner.With(Changes);

    private protected override DateTimeOffset? FindNext(DateTimeOffset after, Zone zone)
    {
        if (_shift is { } shift && DelayAfterEnd is null) return new BusinessDaySearch(Inner, _calendar, shift, zone).Next(after);
        var inner = Inner;
        for (var count = 0; count < MaxDropped && inner.Next(after, zone) is { } next; count++)
        {
            if (_calendar is null || _calendar.Contains(next, zone)) return next;
            if (_calendar.Leap(next, zone) is not { } leap) return null;

            // A delay has no grid: where the calendar opens, there it is due.
            if (DelayAfterEnd is not null && _calendar.Contains(leap, zone)) return leap;
            after = leap > next ? leap.AddTicks(-1) : next;
        }

        return null;
    }

    // Backwards by halves of ever longer spans: calendars only know their way forward.
    private protected override DateTimeOffset? FindPrevious(DateTimeOffset before, Zone zone)
    {
        if (DelayAfterEnd is not null || before.UtcTicks == 0) return null;
        var begin = new DateTimeOffset(CronSearch.FirstYear, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var upTo = before.AddTicks(-1);
        for (var span = TimeSpan.FromDays(2); upTo > begin; span *= 4)
        {
            var after = upTo - begin > span ? upTo - span : begin;
            if (base.Last(after, upTo, zone) is { } last) return last;
            if (after == begin) return null;
        }

        return null;
    }

    public override string Explain() => $"{_inner.Explain()}{Words}" + (Next(DateTimeOffset.MinValue, Language.Zone.Utc) is null && DelayAfterEnd is null ? "; never fires: the calendar leaves nothing of it" : "");

    private string Words => _shift switch
    {
        BusinessDay.Next => "; what falls on no business day is moved to the next one",
        BusinessDay.Previous => "; what falls on no business day is moved to the one before",
        BusinessDay.Nearest => "; what falls on no business day is moved to the nearest one",
        _ => "",
    } + (_calendar is null ? "" : "; what the calendar excludes is left out");

    public override IReadOnlyList<FieldExplanation> ExplainFields() => [.. _inner.ExplainFields(), new("calendar", _calendar?.ToString() ?? "", Words.TrimStart(';', ' '))];

    public override string ToString() => _inner.ToString();

    public override bool Equals(Recurrence? other) =>
        other is CalendarRecurrence calendar && calendar._inner.Equals(_inner) && Equals(calendar._calendar, _calendar) && calendar._shift == _shift && calendar.Changes == Changes;

    public override int GetHashCode() => HashCode.Combine(_inner, _calendar, _shift);
}
