namespace Carillon.Language;

/// <summary>A cron expression.</summary>
internal sealed class CronRecurrence : LocalRecurrence<CronTimes>
{
    private readonly CronFields _fields;
    private readonly CronDialect _dialect;
    private readonly RecurrenceText _text;
    private readonly bool _isHashed;

    private CronRecurrence(CronFields fields, bool isHashed, CronDialect dialect, RecurrenceText text) : base(new CronTimes(fields)) =>
        (_fields, _isHashed, _dialect, _text) = (fields, isHashed, dialect, text);

    public override RecurrenceForm Form => RecurrenceForm.Cron;

    public override string? Dialect => CronDialects.NameOf(_dialect);

    public override IReadOnlyList<string> Warnings => CronWarnings.Of(_fields, _dialect, _text, _isHashed);

    public static ParseError? Read(RecurrenceText text, out Recurrence? recurrence)
    {
        recurrence = null;
        if (!CronDialects.TryParse(text.Dialect, out var dialect, out var error)) return error;
        if (!TryZone(text.Text, out var zone, out var begin, out error)) return error;
        if (EveryParser.IsMacro(text.Text, begin, out var at)) return zone is null ? EveryRecurrence.ReadMacro(text.Text, at, out recurrence) : Timeless(text.Text, begin);
        if (RebootRecurrence.TryRead(text.Text, begin, out recurrence)) return zone is null ? null : Timeless(text.Text, begin);
        if (CronParser.TryParse(text.Text, begin, dialect, text.Name, out var fields, out var isHashed, out error))
        {
            recurrence = new CronRecurrence(fields, isHashed, dialect, text) { Zone = zone };
        }

        return error;
    }

    private static bool TryZone(string text, out Zone? zone, out int begin, out ParseError? error)
    {
        (zone, error) = (null, null);
        if (!CronZone.TryFind(text, out var id, out begin)) return true;
        if (Zones.TryFind(text.Substring(id.At, id.Length), out zone, out var problem)) return true;
        error = new ParseError(id.At, id.Length, problem.TrimEnd('.'), "an IANA id before the expression: CRON_TZ=Europe/Berlin 0 9 * * *");
        return false;
    }

    private static ParseError Timeless(string text, int begin) =>
        new(0, begin, "A zone stands before what no clock decides", $"'{Shown.Of(text[begin..].Trim())}' without a zone", "Elapsed time is the same in every zone.");

    private protected override (ClockGap Fixed, ClockGap Interval) DefaultGaps => _dialect switch
    {
        CronDialect.Unix => (ClockGap.End, ClockGap.Shift),
        CronDialect.Cronos => (ClockGap.End, ClockGap.End),
        _ => (ClockGap.Shift, ClockGap.Shift),
    };

    public override string Explain() => ExplainTimes() + (Zone is null ? "" : $", {Zone.Id}");

    private string ExplainTimes() => CronSearch.Next(_fields, CronSearch.Begin) == CronSearch.None ? CronWords.Never(_fields) : CronWords.Of(_fields);

    public override IReadOnlyList<FieldExplanation> ExplainFields() =>
        [.. Zone is null ? [] : (FieldExplanation[])[new("zone", $"CRON_TZ={Zone.Id}", $"by the clocks of {Zone.Id}")], .. CronWords.Fields(_fields, _dialect)];

    // Sets that need more room than a text may have keep the text as it was written.
    public override string ToString() => (Zone is null ? "" : $"CRON_TZ={Zone.Id} ") + CronText.Of(_fields, _dialect) is { Length: <= MaxLength } text ? text : _text.Text.Trim();

    public override bool Equals(Recurrence? other) =>
        other is CronRecurrence cron && cron._dialect == _dialect && cron._fields == _fields && cron.Changes == Changes && Equals(cron.Zone, Zone);

    public override int GetHashCode() => HashCode.Combine(_dialect, _fields, Changes, Zone);
}
