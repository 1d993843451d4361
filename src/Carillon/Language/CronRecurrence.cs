namespace Carillon.Language;

/// <summary>A cron expression.</summary>
internal sealed class CronRecurrence : LocalRecurrence<CronTimes>
{
    private readonly CronFields _fields;
    private readonly CronDialect _dialect;
    private readonly string _text;

    private CronRecurrence(CronFields fields, CronDialect dialect, string text) : base(new CronTimes(fields)) => (_fields, _dialect, _text) = (fields, dialect, text);

    public override RecurrenceForm Form => RecurrenceForm.Cron;

    public override string? Dialect => CronDialects.NameOf(_dialect);

    public static ParseError? Read(RecurrenceText text, out Recurrence? recurrence)
    {
        recurrence = null;
        if (!CronDialects.TryParse(text.Dialect, out var dialect, out var error)) return error;
        if (EveryParser.IsMacro(text.Text, out var begin)) return EveryRecurrence.ReadMacro(text.Text, begin, out recurrence);
        if (CronParser.TryParse(text.Text, dialect, out var fields, out error)) recurrence = new CronRecurrence(fields, dialect, text.Text);
        return error;
    }

    private protected override (ClockGap Fixed, ClockGap Interval) DefaultGaps =>
        _dialect == CronDialect.Unix ? (ClockGap.End, ClockGap.Shift) : (ClockGap.End, ClockGap.End);

    public override string Explain() => Next(DateTimeOffset.MinValue, Zone.Utc) is null ? CronWords.Never(_fields) : CronWords.Of(_fields);

    public override IReadOnlyList<FieldExplanation> ExplainFields() => CronWords.Fields(_fields);

    // Sets that need more room than a text may have keep the text as it was written.
    public override string ToString() => CronText.Of(_fields) is { Length: <= MaxLength } text ? text : _text.Trim();

    public override bool Equals(Recurrence? other) => other is CronRecurrence cron && cron._dialect == _dialect && cron._fields == _fields && cron.Changes == Changes && Equals(cron.Zone, Zone);

    public override int GetHashCode() => HashCode.Combine(_dialect, _fields, Changes, Zone);
}
