namespace Carillon.Language;

/// <summary>In which form a recurrence is written.</summary>
public enum RecurrenceForm
{
    /// <summary>A cron expression: <c>*/5 * * * *</c>, <c>@daily</c>, <c>@every 1h30m</c>.</summary>
    Cron,

    /// <summary>An interval: <c>90s</c>, <c>1h30m</c>, <c>PT5M</c>, <c>5m after end</c>, <c>{"hours":1}</c>.</summary>
    Every,

    /// <summary>One instant with its offset, or a local time: <c>2027-01-31T09:00:00+01:00</c>, <c>2027-01-31T09:00</c>.</summary>
    At,

    /// <summary>English.</summary>
    Text,
}

/// <summary>A recurrence as the user wrote it.</summary>
/// <param name="Form">How it is to be read; never guessed.</param>
/// <param name="Text">What was written, at most <see cref="Recurrence.MaxLength"/> characters.</param>
/// <param name="Dialect">The cron dialect, <c>unix</c>, <c>cronos</c> or <c>quartz</c>; null for <c>unix</c>.</param>
/// <param name="Name">The schedule's name, by which <c>H</c> spreads; null where there is no schedule.</param>
public readonly record struct RecurrenceText(RecurrenceForm Form, string Text, string? Dialect = null, string? Name = null);
