namespace Carillon.Language;

/// <summary><c>@reboot</c>: each start of the scheduler, which is no instant of a calendar. It is read, so that crontabs can be looked at; no schedule is made of it.</summary>
internal sealed class RebootRecurrence : Recurrence
{
    private const string Macro = "@reboot";

    public override RecurrenceForm Form => RecurrenceForm.Cron;

    public override string? Dialect => CronDialects.NameOf(CronDialect.Unix);

    public override IReadOnlyList<string> Warnings => ["A schedule cannot be made of @reboot: a start is no instant of a calendar. Enqueue a job when the program starts."];

    public static bool TryRead(string text, int begin, out Recurrence? recurrence)
    {
        recurrence = text.AsSpan(begin).Trim(" \t").Equals(Macro, StringComparison.OrdinalIgnoreCase) ? new RebootRecurrence() : null;
        return recurrence is not null;
    }

    private protected override DateTimeOffset? FindNext(DateTimeOffset after, Zone zone) => null;

    private protected override DateTimeOffset? FindPrevious(DateTimeOffset before, Zone zone) => null;

    private protected override bool HasClock => false;

    public override string Explain() => "each time the scheduler starts, which is no instant of a calendar";

    public override IReadOnlyList<FieldExplanation> ExplainFields() => [new("macro", Macro, Explain())];

    public override string ToString() => Macro;

    public override bool Equals(Recurrence? other) => other is RebootRecurrence;

    public override int GetHashCode() => Macro.GetHashCode(StringComparison.Ordinal);
}
