namespace Carillon.Language;

/// <summary>A cron expression.</summary>
internal sealed class CronRecurrence : LocalRecurrence<CronTimes>
{
    private readonly CronDialect _dialect;
    private readonly string _text;
    private readonly string? _name;
    private readonly bool _isHashed;

    private CronRecurrence(in CronFields fields, bool isHashed, CronDialect dialect, in RecurrenceText text) : base(new CronTimes(fields)) =>
        (_isHashed, _dialect, _text, _name) = (isHashed, dialect, text.Text, text.Name);

    private ref readonly CronFields Fields => ref Times.Fields;

    public override RecurrenceForm Form => RecurrenceForm.Cron;

    public override string? Dialect => CronDialects.NameOf(_dialect);

    public override IReadOnlyList<string> Warnings => CronWarnings.Of(Fields, _dialect, new RecurrenceText(Form, _text, null, _name), _isHashed);

    public static ParseError? Read(in RecurrenceText text, out Recurrence? recurrence)
    {
        recurrence = null;
        if (!CronDialects.TryParse(text.Dialect, out var dialect, out var error)) return error;
        if (!TryZone(text.Text, out var zone, out var begin, out error)) return error;
        if (text.Text.Contains('@', StringComparison.Ordinal) && IsTimeless(text.Text, begin, zone, out recurrence, out error)) return error;
        if (CronParser.TryParse(text.Text, begin, dialect, text.Name, out var fields, out var isHashed, out error))
        {
            recurrence = new CronRecurrence(fields, isHashed, dialect, text) { Zone = zone };
        }

        return error;
    }

    private static bool IsTimeless(string text, int begin, Zone? zone, out Recurrence? recurrence, out ParseError? error)
    {
        error = null;
        var isEvery = EveryParser.IsMacro(text, begin, out var at);
        if (!RebootRecurrence.TryRead(text, begin, out recurrence) && !isEvery) return false;
        if (isEvery) error = EveryRecurrence.ReadMacro(text, at, out recurrence);
        if (zone is not null) error = new(0, begin, "A zone stands before what no clock decides", $"'{Shown.Of(text[begin..].Trim())}' without a zone", "Elapsed time is the same in every zone.");
        if (error is not null) recurrence = null;
        return true;
    }

    private static bool TryZone(string text, out Zone? zone, out int begin, out ParseError? error)
    {
        (zone, error) = (null, null);
        if (!CronZone.TryFind(text, out var id, out begin)) return true;
        if (Zones.TryFind(text.Substring(id.At, id.Length), out zone, out var problem)) return true;
        error = new ParseError(id.At, id.Length, problem.TrimEnd('.'), "an IANA id before the expression: CRON_TZ=Europe/Berlin 0 9 * * *");
        return false;
    }

    private protected override (ClockGap Fixed, ClockGap Interval) DefaultGaps => _dialect switch
    {
        CronDialect.Unix => (ClockGap.End, ClockGap.Shift),
        CronDialect.Cronos => (ClockGap.End, ClockGap.End),
        _ => (ClockGap.Shift, ClockGap.Shift),
    };

    public override string Explain() => ExplainTimes() + (Zone is null ? "" : $", {Zone.Id}");

    private string ExplainTimes() => CronSearch.Next(Fields, CronSearch.Begin) == CronSearch.None ? CronWords.Never(Fields) : CronWords.Of(Fields);

    public override IReadOnlyList<FieldExplanation> ExplainFields() =>
        [.. Zone is null ? [] : (FieldExplanation[])[new("zone", $"CRON_TZ={Zone.Id}", $"by the clocks of {Zone.Id}")], .. CronWords.Fields(Fields, _dialect)];

    // Sets that need more room than a text may have keep the text as it was written.
    public override string ToString() => (Zone is null ? "" : $"CRON_TZ={Zone.Id} ") + CronText.Of(Fields, _dialect) is { Length: <= MaxLength } text ? text : _text.Trim();

    public override bool Equals(Recurrence? other) =>
        other is CronRecurrence cron && cron._dialect == _dialect && cron.Fields == Fields && cron.Changes == Changes && Equals(cron.Zone, Zone);

    public override int GetHashCode() => HashCode.Combine(_dialect, Fields, Changes, Zone);
}
