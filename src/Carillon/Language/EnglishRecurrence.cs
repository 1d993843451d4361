namespace Carillon.Language;

/// <summary>English that names days and times of day.</summary>
internal sealed class EnglishRecurrence : LocalRecurrence<EnglishTimes>
{
    private readonly EnglishPlan _plan;
    private readonly string _text;
    private readonly DateTimeOffset? _anchor;
    private readonly Calendar? _calendar;
    private readonly int _anchorDay;

    private EnglishRecurrence(EnglishPlan plan, string text, DateTimeOffset? anchor, Calendar? calendar, int anchorDay) : base(new EnglishTimes(plan, anchorDay, calendar))
    {
        (_plan, _text, _anchor, _calendar, _anchorDay) = (plan, text, anchor, calendar, anchorDay);
        Zone = plan.Zone;
    }

    public override RecurrenceForm Form => RecurrenceForm.Text;

    internal override DateTimeOffset? Anchor => _anchor;

    private protected override (ClockGap Fixed, ClockGap Interval) DefaultGaps => (ClockGap.End, ClockGap.Shift);

    public static ParseError? Read(string text, out Recurrence? recurrence)
    {
        recurrence = null;
        var error = EnglishParser.Read(text, out var plan);
        if (error is not null) return error;
        recurrence = plan!.Elapsed is null ? new EnglishRecurrence(plan, text, null, null, EnglishStep.DefaultAnchor) : new EnglishElapsed(plan, null);
        return null;
    }

    public override Recurrence AnchoredAt(DateTimeOffset anchor) =>
        _plan.Days.Step.IsNone ? this : new EnglishRecurrence(_plan, _text, anchor.ToUniversalTime(), _calendar, _anchorDay).With(Changes);

    private protected override Recurrence WithBusinessDays(Calendar calendar) => new EnglishRecurrence(_plan, _text, _anchor, calendar, _anchorDay).With(Changes);

    private protected override DateTimeOffset? FindNext(DateTimeOffset after, Zone zone) => In(zone) is { } there ? there.FindNext(after, zone) : base.FindNext(after, zone);

    private protected override DateTimeOffset? FindPrevious(DateTimeOffset before, Zone zone) => In(zone) is { } there ? there.FindPrevious(before, zone) : base.FindPrevious(before, zone);

    /// <summary>The same with the anchor's day as the zone's clocks show it; null when that is the day it has.</summary>
    private EnglishRecurrence? In(Zone zone)
    {
        if (_anchor is not { } anchor) return null;
        var day = DateOnly.FromDateTime(zone.ToLocal(anchor).DateTime).DayNumber;
        return day == _anchorDay ? null : (EnglishRecurrence)new EnglishRecurrence(_plan, _text, anchor, _calendar, day).With(Changes);
    }

    public override string Explain()
    {
        var sentence = EnglishText.Of(_plan);
        return Next(DateTimeOffset.MinValue, Language.Zone.Utc) is null ? $"never fires: {EnglishText.Days(_plan.Days)}" : sentence + EnglishNotes.Of(_plan, _anchor);
    }

    public override IReadOnlyList<FieldExplanation> ExplainFields()
    {
        var (clock, days) = (EnglishText.Clock(_plan.Clock, _plan.Days.IsEveryDay), EnglishText.Days(_plan.Days));
        FieldExplanation zone = new("zone", _plan.Zone?.Id ?? "", $"by the clocks of {_plan.Zone?.Id}");
        FieldExplanation[] fields = [new("time", clock, clock + EnglishNotes.OfClock(_plan)), new("days", days.Length == 0 ? "every day" : days, (days.Length == 0 ? "every day" : days) + EnglishNotes.OfDays(_plan, _anchor))];
        return _plan.Zone is null ? fields : [.. fields, zone];
    }

    // Sentences that need more room than a text may have keep the text as it was written.
    public override string ToString() => EnglishText.Of(_plan) is { Length: <= MaxLength } text ? text : _text.Trim();

    public override bool Equals(Recurrence? other) => other is EnglishRecurrence english && english._plan == _plan && english._anchor == _anchor && english.Changes == Changes && Equals(english._calendar, _calendar);

    public override int GetHashCode() => HashCode.Combine(_plan, _anchor, Changes);
}
