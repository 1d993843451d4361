namespace Carillon.Language.English;

/// <summary>
/// Reads English by recursive descent over its words. The grammar, case-insensitive; commas are as good as "and", and clauses may stand in any order:
/// <code>
/// schedule ::= clause { [","|"and"] clause }
/// clause   ::= every | adverb | count | ["at"] times | ["at"|"on"] past | window | ["on"] days | "in" months | except | ["in"] zone
/// every    ::= "every" ( [number|"other"|ordinal] unit { "and" number unit } | "half" ["an"] "hour" | "quarter" "of" "an" "hour" | months | days )
/// adverb   ::= "hourly" | "daily" | "weekly" | "fortnightly" | "monthly" | "quarterly" | "yearly" | "annually"
/// count    ::= ( "once" | "twice" | number "times" ) ( every | "a" unit )
/// times    ::= time { ("and"|",") time }
/// time     ::= h ":" mm [":" ss] [ap] | h ["o'clock"] [ap] | "noon" | "midnight" | ("half"|"quarter"|minutes) ("past"|"to") h [ap]
/// past     ::= ":" mm { ("and"|",") ":" mm } | "minute" mm {…} | mm "minutes" "past" ["the"|"every"] ["hour"] | "the" ["half"] "hour"
/// window   ::= "between" time "and" time | ["from"] time ("to"|"until"|"-") time            both ends included
/// days     ::= weekdays ["of" period] | items | date { ("and"|",") date } | number ["business"] "day(s)" "before" "the" "end" "of" period
/// weekdays ::= weekday ["to" weekday] { ("and"|",") … } | "weekday(s)" | "weekend(s)" | "business" "day(s)"
/// items    ::= ["the"] nth { ("and"|",") nth } [noun] ["of" period] { ("and"|",") items }
/// nth      ::= "1st" … "31st" | "first" … | "last" | nth "last"                                noun ::= "day" | weekday | "business" "day"
/// date     ::= day ["of"] months | month day                                              period ::= ["the"|"every"] ("month"|"quarter"|"year") | months
/// months   ::= month ["to" month] { ("and"|",") … }                                       except ::= "except" ( ["on"] weekdays | "in" months )
/// </code>
/// </summary>
internal sealed partial class EnglishParser
{
    private const string Clauses = "'every', 'at' with a time, 'on' with days, 'between' with two times, 'in' with months or a zone, or the end";

    private readonly string _text;
    private readonly List<EnglishToken> _tokens;
    private readonly EnglishDraft _draft = new();
    private int _at;
    private ParseError? _error;

    private EnglishParser(string text) => (_text, _tokens) = (text, EnglishTokens.Of(text));

    public static ParseError? Read(string text, out EnglishPlan? plan)
    {
        plan = null;
        var parser = new EnglishParser(text);
        return parser.TryClauses() ? EnglishResolver.Resolve(parser._draft, text, out plan) : parser._error;
    }

    private EnglishToken Here => _tokens[_at];

    private EnglishToken Peek(int ahead) => _tokens[Math.Min(_at + ahead, _tokens.Count - 1)];

    private bool IsAt(EnglishKind kind) => Here.Kind == kind;

    private bool Accept(EnglishKind kind)
    {
        if (Here.Kind != kind) return false;
        _at++;
        return true;
    }

    /// <summary>A comma, an "and", or both, where what follows goes on with a list.</summary>
    private bool AcceptLink(Func<int, bool> goesOn)
    {
        var length = Here.Kind switch
        {
            EnglishKind.And => 1,
            EnglishKind.Comma => Peek(1).Kind == EnglishKind.And ? 2 : 1,
            _ => 0,
        };
        if (length == 0 || !goesOn(length)) return false;
        _at += length;
        return true;
    }

    private bool TryClauses()
    {
        if (IsAt(EnglishKind.End)) return Fail("a schedule such as 'every weekday at 9am'");
        while (!IsAt(EnglishKind.End))
        {
            if (_at > 0 && AcceptLink(_ => true) && IsAt(EnglishKind.End)) return Fail(Clauses);
            if (!TryClause()) return false;
        }

        return true;
    }

    private bool TryClause()
    {
        switch (Here.Kind)
        {
            case EnglishKind.Every: return TryEvery();
            case EnglishKind.Adverb: return TryAdverb();
            case EnglishKind.Once: return TryCount(Here.Value, 1);
            case EnglishKind.Number when Peek(1).Kind == EnglishKind.Times: return TryCount(Here.Value, 2);
            case EnglishKind.At: return TryAt();
            case EnglishKind.On: return TryOn();
            case EnglishKind.In: return TryIn();
            case EnglishKind.Except: return TryExcept();
            case EnglishKind.Zone: return TryZone(_at);
            case EnglishKind.Between or EnglishKind.From: return TryWindow();
            case EnglishKind.PastHour: return TryPastHour(_at);
            case EnglishKind.To: return Fail(Clauses, "When a schedule ends is its 'endAt'.");
            default: return IsTime(0) ? TryTimes(_at) : IsDays(0) ? TryDays(_at) : Fail(Clauses, Meant());
        }
    }

    /// <summary>A text that is no sentence at all: a bare number, or an interval as it is written elsewhere.</summary>
    private string? Meant()
    {
        if (_at > 0) return null;
        var number = Shown.Of(Word(Here));
        if (IsAt(EnglishKind.Number) && Peek(1).Kind == EnglishKind.End) return $"{(Here.Value < 24 ? $"A time? Write 'at {number}'. " : "")}An interval? Write 'every {number} minutes'.";
        if (Durations.TryParse(_text, out _, out var error)) return "That is a schedule of the kind 'every'.";
        return _text.TrimStart() is ['-', >= '0' and <= '9', ..] or ['P' or 'p', (>= '0' and <= '9') or 'T' or 't', ..] ? error.Hint : null;
    }

    private bool TryAdverb()
    {
        var begin = _at++;
        var value = _tokens[begin].Value;
        return value == (int)EnglishUnit.Hour ? SetInterval(begin, 3600, true) : SetCadence(begin, (EnglishUnit)Math.Abs(value), value < 0 ? 2 : 1);
    }

    private bool TryCount(int count, int words)
    {
        var begin = _at;
        _at += words;
        if (_draft.Count is not null) return Twice(begin, "How often");
        _draft.Count = new(count, _tokens[begin].Position, _tokens[_at - 1].End - _tokens[begin].Position);
        if (Accept(EnglishKind.A) || Accept(EnglishKind.Every)) return TryUnits(_at - 1, 1, true);
        return Fail("'a day', 'a week', 'a month' or 'a year'");
    }

    private bool TryIn()
    {
        var begin = _at++;
        if (IsAt(EnglishKind.The) && Peek(1).Kind == EnglishKind.Month) _at++;
        if (IsAt(EnglishKind.Month)) return TryMonths(out var months) && SetMonths(begin, months);
        var isSpan = IsAt(EnglishKind.Number) && Peek(1).Kind == EnglishKind.Unit;
        if (isSpan) return Fail("months or a zone: 'in january', 'in Europe/Berlin'", "One instant is a schedule of the kind 'at', and a job can be delayed.");
        return Here.Kind is EnglishKind.Zone or EnglishKind.Unknown ? TryZone(begin) : Fail("months or a zone: 'in january', 'in Europe/Berlin'");
    }

    private static string? City(string word) => Zones.Ids.FirstOrDefault(id => id.EndsWith("/" + word, StringComparison.OrdinalIgnoreCase)) is { } id ? $"Did you mean '{id}'?" : null;

    private bool TryZone(int begin)
    {
        var id = Word(Here);
        var known = Zones.Ids.FirstOrDefault(known => string.Equals(known, id, StringComparison.OrdinalIgnoreCase));
        if (!Zones.TryFind(known ?? id, out var zone, out var error))
        {
            var isZone = IsAt(EnglishKind.Zone);
            return isZone ? Fail("an IANA id such as Europe/Berlin", error) : Fail("months or a zone: 'in january', 'in Europe/Berlin'", City(id) ?? EnglishWords.Hint(id));
        }

        if (_draft.Zone is not null) return Twice(begin, "The zone");
        _at++;
        _draft.Zone = Stated(begin, zone);
        return true;
    }

    private bool TryExcept()
    {
        var begin = _at++;
        if (Accept(EnglishKind.In))
        {
            if (!TryMonths(out var months)) return false;
            if (_draft.ExceptMonths is not null) return Twice(begin, "What is excepted");
            _draft.ExceptMonths = Stated(begin, months);
            return true;
        }

        Accept(EnglishKind.On);
        if (!TryWeekdays(out var weekdays)) return false;
        if (_draft.ExceptWeekdays is not null) return Twice(begin, "What is excepted");
        _draft.ExceptWeekdays = Stated(begin, weekdays);
        return true;
    }

    private bool SetMonths(int begin, int months)
    {
        if (_draft.Months is not null) return Twice(begin, "The months");
        _draft.Months = Stated(begin, months);
        return true;
    }

    private bool SetCadence(int begin, EnglishUnit unit, int count)
    {
        if (_draft.Cadence is not null) return Twice(begin, "How often");
        _draft.Cadence = Stated(begin, new EnglishStep(unit, count));
        return true;
    }

    private bool SetInterval(int begin, long seconds, bool isHourly)
    {
        if (_draft.Interval is not null) return Twice(begin, "The interval");
        if (seconds is < 1 or > 366L * 86_400) return FailAt(_tokens[begin], _tokens[_at - 1].End, "That interval is out of range", "one second to 366 days");
        _draft.Interval = Stated(begin, seconds);
        _draft.IsHourly = isHourly;
        return true;
    }

    private EnglishStated<T> Stated<T>(int begin, T value) => new(value, _tokens[begin].Position, _tokens[_at - 1].End - _tokens[begin].Position);

    private string Word(EnglishToken token) => _text.Substring(token.Position, token.Length);

    private bool Twice(int begin, string what)
    {
        var end = _tokens[Math.Max(begin, _at - 1)].End;
        return FailAt(_tokens[begin], end, $"{what} was given before '{Shown.Of(_text[_tokens[begin].Position..end])}'", "each thing once", "What does not fit into one sentence is two schedules.");
    }

    /// <summary>What stands here cannot be read.</summary>
    private bool Fail(string expected, string? hint = null)
    {
        var word = Word(Here);
        var read = _at == 0 ? "" : $" after '{Shown.Of(_text[.._tokens[_at - 1].End])}'";
        var problem = IsAt(EnglishKind.End) ? $"The sentence ends{read}" : $"'{Shown.Of(word)}' is not understood{read}";
        return FailAt(Here, Here.End, problem, expected, hint ?? (Here.Kind is EnglishKind.Unknown or EnglishKind.Refused ? EnglishWords.Hint(word) : null));
    }

    private bool FailAt(EnglishToken token, int end, string problem, string expected, string? hint = null)
    {
        _error ??= new ParseError(token.Position, end - token.Position, problem, expected, hint);
        return false;
    }
}
