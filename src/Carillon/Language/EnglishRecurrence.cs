namespace Carillon.Language;

/// <summary>English that names days and times of day.</summary>
internal sealed class EnglishRecurrence : LocalRecurrence<EnglishTimes>
{
    private readonly EnglishPlan _plan;
    private readonly string _text;
    private readonly DateTimeOffset? _anchor;
    private readonly Calendar? _calendar;

    private EnglishRecurrence(EnglishPlan plan, string text, DateTimeOffset? anchor, Calendar? calendar) : base(new EnglishTimes(plan, EnglishStep.DefaultAnchor, calendar))
    {
        (_plan, _text, _anchor, _calendar) = (plan, text, anchor, calendar);
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
        recurrence = plan!.Elapsed is null ? new EnglishRecurrence(plan, text, null, null) : new EnglishElapsed(plan, null);
        return null;
    }

    public override Recurrence AnchoredAt(DateTimeOffset anchor) =>
        _plan.Days.Step.IsNone ? this : new EnglishRecurrence(_plan, _text, anchor.ToUniversalTime(), _calendar).With(Changes);

    private protected override Recurrence WithBusinessDays(Calendar calendar) => new EnglishRecurrence(_plan, _text, _anchor, calendar).With(Changes);

    // The day of the anchor is the zone's.
    private protected override EnglishTimes TimesIn(Zone zone) =>
        _anchor is { } anchor ? new EnglishTimes(_plan, DateOnly.FromDateTime(zone.ToLocal(anchor).DateTime).DayNumber, _calendar) : base.TimesIn(zone);

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
