namespace Carillon.Language;

/// <summary>English that names an interval which does not divide the day: elapsed time from an anchor, as <c>every 7m</c> is.</summary>
internal sealed class EnglishElapsed : Recurrence
{
    private readonly EnglishPlan _plan;
    private readonly Recurrence _every;
    private readonly DateTimeOffset? _anchor;

    public EnglishElapsed(EnglishPlan plan, DateTimeOffset? anchor)
    {
        (_plan, _anchor) = (plan, anchor);
        _every = Parse(new RecurrenceText(RecurrenceForm.Every, Durations.Format(plan.Elapsed!.Value)));
        if (anchor is { } given) _every = _every.AnchoredAt(given);
        Zone = plan.Zone;
    }

    public override RecurrenceForm Form => RecurrenceForm.Text;

    internal override DateTimeOffset? Anchor => _anchor;

    private protected override bool HasClock => false;

    public override Recurrence AnchoredAt(DateTimeOffset anchor) => new EnglishElapsed(_plan, anchor.ToUniversalTime());

    private protected override DateTimeOffset? FindNext(DateTimeOffset after, Zone zone) => _every.Next(after, zone);

    private protected override DateTimeOffset? FindPrevious(DateTimeOffset before, Zone zone) => _every.Previous(before, zone);

    internal override DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset upTo, Zone zone) => _every.Last(after, upTo, zone);

    internal override long Count(DateTimeOffset after, DateTimeOffset upTo, Zone zone, long limit) => _every.Count(after, upTo, zone, limit);

    public override string Explain() => $"{EnglishText.Of(_plan)} of elapsed time, counted from {Counted}: it does not divide the day, so no clock is looked at";

    private string Counted => (_anchor ?? DateTimeOffset.UnixEpoch).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);

    public override IReadOnlyList<FieldExplanation> ExplainFields() => [new("interval", EnglishText.Of(_plan), Explain())];

    public override string ToString() => EnglishText.Of(_plan);

    public override bool Equals(Recurrence? other) => other is EnglishElapsed english && english._plan == _plan && english._anchor == _anchor;

    public override int GetHashCode() => HashCode.Combine(_plan, _anchor);
}
