using System.Globalization;

namespace Carillon.Language;

/// <summary>One instant, or one local time that becomes an instant by the zone's rules of the day.</summary>
internal sealed class AtRecurrence : Recurrence
{
    private const string Written = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF";

    private static readonly string[] Formats =
        [.. from separator in new[] { "'T'", " " } from time in new[] { "HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF" } select $"yyyy-MM-dd{separator}{time}"];

    private readonly DateTime _time;
    private readonly bool _isLocal;

    private AtRecurrence(DateTime time, bool isLocal) => (_time, _isLocal) = (time, isLocal);

    public override RecurrenceForm Form => RecurrenceForm.At;

    public static ParseError? Read(string text, out Recurrence? recurrence)
    {
        recurrence = null;
        var trimmed = text.Trim().ToUpperInvariant();
        var begin = OffsetOf(trimmed);
        var isLocal = begin == trimmed.Length;
        var isRead = DateTime.TryParseExact(trimmed.AsSpan(0, begin), Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        if (!isRead || !TryOffset(trimmed[begin..], out var offset)) return AtFault.Of(text);
        if (time.Year is < 1900 or > ILocalTimes.LastYear) return new ParseError(0, 4, $"The year {time.Year} is out of range", $"1900 to {ILocalTimes.LastYear}");
        recurrence = new AtRecurrence(time - offset, isLocal);
        return null;
    }

    /// <summary>Where the offset begins; the end when there is none.</summary>
    private static int OffsetOf(string text)
    {
        var begin = text.EndsWith('Z') ? text.Length - 1 : text.LastIndexOfAny(['+', '-']);
        return begin > "2027-01-31T".Length ? begin : text.Length;
    }

    private static bool TryOffset(string text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text is "" or "Z") return true;
        string[] formats = ["hh\\:mm", "hhmm", "hh"];
        if (!TimeSpan.TryParseExact(text.AsSpan(1), formats, CultureInfo.InvariantCulture, out offset) || offset > TimeSpan.FromHours(18)) return false;
        offset = text[0] == '-' ? -offset : offset;
        return true;
    }

    private protected override DateTimeOffset? FindNext(DateTimeOffset after, Zone zone) =>
        First(zone) is var first && first > after ? first : Second(zone) is var second && second > after ? second : null;

    private protected override DateTimeOffset? FindPrevious(DateTimeOffset before, Zone zone) =>
        Second(zone) is var second && second < before ? second : First(zone) is var first && first < before ? first : null;

    private DateTimeOffset? First(Zone zone) => _isLocal ? zone.ToInstant(_time, Changes) : new DateTimeOffset(_time, TimeSpan.Zero);

    // Only a time that the clock shows twice, and that shall be due both times.
    private DateTimeOffset? Second(Zone zone) => _isLocal && Changes.Repeat == ClockRepeat.Both ? zone.ToInstant(_time, Changes with { Repeat = ClockRepeat.Last }) : null;

    private protected override bool HasClock => _isLocal;

    public override string Explain() => _isLocal ? $"once, at {_time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)} local time" : $"once, at {ToString()}";

    public override IReadOnlyList<FieldExplanation> ExplainFields() => [new("instant", ToString(), Explain())];

    public override string ToString() => _time.ToString(Written, CultureInfo.InvariantCulture) + (_isLocal ? "" : "Z");

    public override bool Equals(Recurrence? other) => other is AtRecurrence at && at._time == _time && at._isLocal == _isLocal && at.Changes == Changes;

    public override int GetHashCode() => HashCode.Combine(_time, _isLocal, Changes);
}
