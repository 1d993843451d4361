namespace Carillon.Language;

/// <summary>An interval: at a fixed rate from an anchor, or so long after each job's end. Elapsed time; no zone touches it.</summary>
internal sealed class EveryRecurrence : Recurrence
{
    private const string AfterEnd = "after end";
    private static readonly DateTimeOffset LastInstant = new(CronSearch.LastYear, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private readonly TimeSpan _interval;
    private readonly bool _isAfterEnd;
    private readonly DateTimeOffset _anchor;

    private EveryRecurrence(TimeSpan interval, bool isAfterEnd, DateTimeOffset anchor) => (_interval, _isAfterEnd, _anchor) = (interval, isAfterEnd, anchor);

    public override RecurrenceForm Form => RecurrenceForm.Every;

    public override TimeSpan? DelayAfterEnd => _isAfterEnd ? _interval : null;

    internal override DateTimeOffset? Anchor => _anchor == DateTimeOffset.UnixEpoch ? null : _anchor.ToUniversalTime();

    /// <summary><c>[every] DURATION [after end]</c>, or the interval in parts as JSON.</summary>
    public static ParseError? Read(string text, out Recurrence? recurrence)
    {
        var (isAfterEnd, interval) = (false, TimeSpan.Zero);
        var error = IntervalConfig.IsMeant(text) ? IntervalConfig.Read(text, out interval) : EveryParser.Read(text, out interval, out isAfterEnd);
        recurrence = error is null ? new EveryRecurrence(interval, isAfterEnd, DateTimeOffset.UnixEpoch) : null;
        return error;
    }

    /// <summary>The duration of <c>@every</c>, from <paramref name="begin"/> on.</summary>
    public static ParseError? ReadMacro(string text, int begin, out Recurrence? recurrence)
    {
        var error = EveryParser.ReadMacro(text, begin, out var interval);
        recurrence = error is null ? new EveryRecurrence(interval, false, DateTimeOffset.UnixEpoch) : null;
        return error;
    }

    public override Recurrence AnchoredAt(DateTimeOffset anchor) => new EveryRecurrence(_interval, _isAfterEnd, anchor);

    private protected override DateTimeOffset? FindNext(DateTimeOffset after, Zone zone)
    {
        if (after.UtcTicks > LastInstant.UtcTicks - _interval.Ticks) return null;
        if (_isAfterEnd) return after.ToUniversalTime() + _interval;
        return new DateTimeOffset(_anchor.UtcTicks + ((Steps(after) + 1) * _interval.Ticks), TimeSpan.Zero);
    }

    private protected override DateTimeOffset? FindPrevious(DateTimeOffset before, Zone zone)
    {
        if (_isAfterEnd || before.UtcTicks == 0) return null;
        var ticks = _anchor.UtcTicks + (Steps(before.AddTicks(-1)) * _interval.Ticks);
        return ticks < 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private protected override bool HasClock => false;

    internal override DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset upTo, Zone zone)
    {
        if (_isAfterEnd) return base.Last(after, upTo, zone);
        var last = new DateTimeOffset(_anchor.UtcTicks + (Steps(upTo) * _interval.Ticks), TimeSpan.Zero);
        return last > after ? last : null;
    }

    internal override long Count(DateTimeOffset after, DateTimeOffset upTo, Zone zone, long limit) =>
        _isAfterEnd ? base.Count(after, upTo, zone, limit) : Math.Max(0, Steps(upTo) - Steps(after));

    /// <summary>Whole intervals from the anchor to the instant, rounded down also before the anchor.</summary>
    private long Steps(DateTimeOffset instant)
    {
        var (steps, rest) = Math.DivRem(instant.UtcTicks - _anchor.UtcTicks, _interval.Ticks);
        return rest < 0 ? steps - 1 : steps;
    }

    public override string Explain() => _isAfterEnd ? $"{Durations.Format(_interval)} after the end of the last job" : $"every {Durations.Format(_interval)} of elapsed time";

    public override IReadOnlyList<FieldExplanation> ExplainFields() => [new("interval", ToString(), Explain())];

    public override string ToString() => _isAfterEnd ? $"{Durations.Format(_interval)} {AfterEnd}" : Durations.Format(_interval);

    public override bool Equals(Recurrence? other) =>
        other is EveryRecurrence every && every._interval == _interval && every._isAfterEnd == _isAfterEnd && every._anchor == _anchor;

    public override int GetHashCode() => HashCode.Combine(_interval, _isAfterEnd, _anchor);
}
