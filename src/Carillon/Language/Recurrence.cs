using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Carillon.Language;

/// <summary>
/// When something happens again and again (or once): cron, an interval, or an instant. Immutable; the one door from text to instants.
/// </summary>
[JsonConverter(typeof(RecurrenceConverter))]
public abstract class Recurrence : IEquatable<Recurrence>
{
    /// <summary>No text may be longer.</summary>
    public const int MaxLength = 256;

    private protected Recurrence() { }

    /// <summary>Reads a recurrence; throws <see cref="ScheduleFormatException"/> where <see cref="TryParse"/> answers false.</summary>
    public static Recurrence Parse(RecurrenceText text) =>
        TryParse(text, out var recurrence, out var error) ? recurrence : throw new ScheduleFormatException(error);

    /// <summary>Reads a recurrence. One that can never fire again is read: its <see cref="Next"/> is null and <see cref="Explain"/> says so.</summary>
    public static bool TryParse(RecurrenceText text, [NotNullWhen(true)] out Recurrence? recurrence, [NotNullWhen(false)] out ParseError? error)
    {
        recurrence = null;
        error = text.Text is { Length: > 0 and <= MaxLength } && (text.Form == RecurrenceForm.Cron || text.Dialect is null) ? Read(text, out recurrence) : Refuse(text);
        return error is null;
    }

    private static ParseError Refuse(in RecurrenceText text) => text switch
    {
        { Text: null or "" } => new ParseError(0, 0, "The text is empty", "a schedule"),
        { Text.Length: > MaxLength } => new ParseError(MaxLength, text.Text.Length - MaxLength, $"The text has {text.Text.Length} characters", $"at most {MaxLength}"),
        _ => new ParseError(0, 0, $"A dialect ('{Shown.Of(text.Dialect!)}') is given for what is not cron", "a dialect only with cron"),
    };

    private static ParseError? Read(in RecurrenceText text, out Recurrence? recurrence)
    {
        recurrence = null;
        return text.Form switch
        {
            RecurrenceForm.Cron => CronRecurrence.Read(text, out recurrence),
            RecurrenceForm.Every => EveryRecurrence.Read(text.Text, out recurrence),
            RecurrenceForm.At => AtRecurrence.Read(text.Text, out recurrence),
            _ => EnglishRecurrence.Read(text.Text, out recurrence),
        };
    }

    /// <summary>
    /// The first instant later than <paramref name="after"/>, in UTC, by the zone's clocks; null when there is none up to the year 2199.
    /// Never <paramref name="after"/> itself nor earlier: that is checked, and a breach throws. A <see cref="Zone"/> that the text names is
    /// taken in place of <paramref name="zone"/>.
    /// </summary>
    public DateTimeOffset? Next(DateTimeOffset after, Zone zone)
    {
        var next = FindNext(after, Zone ?? zone);
        return next is null || next > after ? next : throw Fault("not later", next.Value, after, Zone ?? zone);
    }

    /// <summary>
    /// The last instant earlier than <paramref name="before"/>, in UTC; null when there is none back to the year 1900, and always for a pause
    /// after a job's end, which has no instants of its own. Never <paramref name="before"/> itself nor later: that is checked too.
    /// </summary>
    public DateTimeOffset? Previous(DateTimeOffset before, Zone zone)
    {
        var previous = FindPrevious(before, Zone ?? zone);
        return previous is null || previous < before ? previous : throw Fault("not earlier", previous.Value, before, Zone ?? zone);
    }

    /// <summary>The instants in (<paramref name="from"/>, <paramref name="to"/>], the first excluded, the last included, each found when it is asked for.</summary>
    public IEnumerable<DateTimeOffset> Between(DateTimeOffset from, DateTimeOffset to, Zone zone)
    {
        for (var next = Next(from, zone); next <= to; next = Next(next.Value, zone)) yield return next.Value;
    }

    /// <summary>The same, but for what it does when the clock goes forward or back. An interval of elapsed time stays as it is.</summary>
    public Recurrence With(ClockChanges changes)
    {
        if (!HasClock || changes == Changes) return this;
        var copy = (Recurrence)MemberwiseClone();
        copy.Changes = changes;
        return copy;
    }

    /// <summary>
    /// The same with a calendar: instants outside of it are left out. With a <paramref name="shift"/> those on no business day are moved to one, at
    /// the same local time; two that come to be the same fire once. The text and the JSON of a recurrence do not carry its calendar.
    /// </summary>
    public Recurrence On(Calendar? calendar, BusinessDay? shift)
    {
        if (calendar is null && shift is null) return this;
        var inner = calendar is null ? this : WithBusinessDays(calendar);
        return new CalendarRecurrence(inner, calendar, shift) { Changes = Changes };
    }

    /// <summary>What it does at a change of clocks.</summary>
    public ClockChanges Changes { get; private set; }

    /// <summary>The zone that the text itself names (<c>CRON_TZ=Europe/Berlin 0 9 * * *</c>); null when it leaves the zone open.</summary>
    public Zone? Zone { get; private protected init; }

    /// <summary>The cron dialect in which it was read; null for what is not cron.</summary>
    public virtual string? Dialect => null;

    /// <summary>What the writer should know, each a sentence or two: a text that another dialect reads in another way.</summary>
    public virtual IReadOnlyList<string> Warnings => [];

    /// <summary>The form it was written in.</summary>
    public abstract RecurrenceForm Form { get; }

    /// <summary>The pause between a job's end and the next instant, where that is how it counts (<c>5m after end</c>); else null.</summary>
    public virtual TimeSpan? DelayAfterEnd => null;

    /// <summary>What an interval counts from, where that was chosen; else null.</summary>
    internal virtual DateTimeOffset? Anchor => null;

    /// <summary>An interval that counts from this instant; anything else as it is.</summary>
    public virtual Recurrence AnchoredAt(DateTimeOffset anchor) => this;

    /// <summary>Business days are those of this calendar, where the text speaks of them; anything else as it is.</summary>
    private protected virtual Recurrence WithBusinessDays(Calendar calendar) => this;

    /// <summary>What it means, in plain English.</summary>
    public abstract string Explain();

    /// <summary>What each of its fields means, in the order in which they are written.</summary>
    public abstract IReadOnlyList<FieldExplanation> ExplainFields();

    /// <summary>The canonical text: read in the same form and dialect it gives an equal recurrence.</summary>
    public abstract override string ToString();

    /// <summary>True when both mean the same, however they were written.</summary>
    public abstract bool Equals(Recurrence? other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Recurrence);

    /// <inheritdoc/>
    public abstract override int GetHashCode();

    private protected abstract DateTimeOffset? FindNext(DateTimeOffset after, Zone zone);

    private protected abstract DateTimeOffset? FindPrevious(DateTimeOffset before, Zone zone);

    /// <summary>False where only elapsed time counts, and no clock.</summary>
    private protected virtual bool HasClock => true;

    private InvalidOperationException Fault(string what, DateTimeOffset found, DateTimeOffset than, Zone zone) =>
        new($"'{this}' in {zone} found {found:O}, which is {what} than {than:O}. This is a fault of Carillon: please report it.");

    /// <summary>The last instant in (<paramref name="after"/>, <paramref name="upTo"/>]. Halves the span, so that a month of seconds costs some forty steps.</summary>
    internal virtual DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset upTo, Zone zone)
    {
        DateTimeOffset? last = null;
        var (low, high) = (after, upTo);
        while (Next(low, zone) is { } next && next <= upTo)
        {
            last = low = next;
            while (high - low > TimeSpan.FromTicks(1))
            {
                var middle = low + ((high - low) / 2);
                if (Next(middle, zone) is { } later && later <= upTo)
                {
                    last = low = later;
                }
                else
                {
                    high = middle;
                }
            }
        }

        return last;
    }

    /// <summary>How many instants lie in (<paramref name="after"/>, <paramref name="upTo"/>], counted up to <paramref name="limit"/>.</summary>
    internal virtual long Count(DateTimeOffset after, DateTimeOffset upTo, Zone zone, long limit)
    {
        var count = 0L;
        while (count < limit && Next(after, zone) is { } next && next <= upTo)
        {
            count++;
            after = next;
        }

        return count;
    }
}
