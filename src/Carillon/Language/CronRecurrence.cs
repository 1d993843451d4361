namespace Carillon.Language;

/// <summary>A cron expression.</summary>
internal sealed class CronRecurrence : Recurrence
{
    // Years before 1900 have zones of odd seconds and no user.
    private static readonly long FirstSecond = new DateTime(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerSecond;

    private readonly CronFields _fields;
    private readonly CronDialect _dialect;
    private readonly string _text;

    private CronRecurrence(CronFields fields, CronDialect dialect, string text) => (_fields, _dialect, _text) = (fields, dialect, text);

    public override RecurrenceForm Form => RecurrenceForm.Cron;

    public static ParseError? Read(RecurrenceText text, out Recurrence? recurrence)
    {
        recurrence = null;
        if (!CronDialects.TryParse(text.Dialect, out var dialect, out var error)) return error;
        if (EveryParser.IsMacro(text.Text, out var begin)) return EveryRecurrence.ReadMacro(text.Text, begin, out recurrence);
        if (CronParser.TryParse(text.Text, dialect, out var fields, out error)) recurrence = new CronRecurrence(fields, dialect, text.Text);
        return error;
    }

    private protected override DateTimeOffset? FindNext(DateTimeOffset after, Zone zone)
    {
        var from = Math.Max(FirstSecond, (after.UtcTicks / TimeSpan.TicksPerSecond) + 1);
        var found = ZoneSearch.Next(new CronTimes(_fields), _fields.IsInterval && _dialect == CronDialect.Unix, zone, from);
        return found < 0 ? null : new DateTimeOffset(found * TimeSpan.TicksPerSecond, TimeSpan.Zero);
    }

    public override string Explain() => Next(DateTimeOffset.MinValue, Zone.Utc) is null ? CronWords.Never(_fields) : CronWords.Of(_fields);

    // Sets that need more room than a text may have keep the text as it was written.
    public override string ToString() => CronText.Of(_fields) is { Length: <= MaxLength } text ? text : _text.Trim();

    public override bool Equals(Recurrence? other) => other is CronRecurrence cron && cron._dialect == _dialect && cron._fields == _fields;

    public override int GetHashCode() => HashCode.Combine(_dialect, _fields);
}
