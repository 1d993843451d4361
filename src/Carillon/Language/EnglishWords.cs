using System.Collections.Frozen;

namespace Carillon.Language;

/// <summary>The words that an English schedule may use.</summary>
internal static class EnglishWords
{
    private const int Weekend = 0b100_0001;
    private const int Workdays = 0b011_1110;

    private static readonly FrozenDictionary<string, (EnglishKind Kind, int Value)> Known = Vocabulary().ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenDictionary<string, (EnglishKind Kind, int Value)>.AlternateLookup<ReadOnlySpan<char>> Lookup = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, string> Hints = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["today"] = "One instant is a schedule of the kind 'at': 2027-01-31T09:00.",
        ["tomorrow"] = "One instant is a schedule of the kind 'at': 2027-01-31T09:00.",
        ["tonight"] = "One instant is a schedule of the kind 'at': 2027-01-31T21:00.",
        ["yesterday"] = "One instant is a schedule of the kind 'at': 2027-01-31T09:00.",
        ["now"] = "What is to run now or once is a job: enqueue it, or use a schedule of the kind 'at'.",
        ["next"] = "One instant is a schedule of the kind 'at': 2027-01-31T09:00.",
        ["this"] = "One instant is a schedule of the kind 'at': 2027-01-31T09:00.",
        ["starting"] = "When a schedule begins is its 'startAt'.",
        ["beginning"] = "When a schedule begins is its 'startAt'.",
        ["ending"] = "When a schedule ends is its 'endAt'.",
        ["for"] = "When a schedule ends is its 'endAt', and how often it fires at most its 'maxCount'.",
        ["after"] = "A pause after each job's end is a schedule of the kind 'every': 5m after end.",
        ["morning"] = "Give the time: at 8am.",
        ["mornings"] = "Give the time: at 8am.",
        ["afternoon"] = "Give the time: at 3pm.",
        ["evening"] = "Give the time: at 8pm.",
        ["evenings"] = "Give the time: at 8pm.",
        ["night"] = "Give the time: every day at 11pm.",
        ["nightly"] = "Give the time: every day at 1am.",
        ["biweekly"] = "'biweekly' means two things: write 'every 2 weeks', or 'twice a week' with the days.",
        ["bimonthly"] = "'bimonthly' means two things: write 'every 2 months', or 'twice a month' with the days.",
        ["holiday"] = "Holidays are a calendar: give the schedule one.",
        ["holidays"] = "Holidays are a calendar: give the schedule one.",
        ["millisecond"] = "Intervals below a second are schedules of the kind 'every': 250ms.",
        ["milliseconds"] = "Intervals below a second are schedules of the kind 'every': 250ms.",
        ["ms"] = "Intervals below a second are schedules of the kind 'every': 250ms.",
        ["or"] = "Write 'and': the schedule fires at each of them.",
        ["random"] = "A random delay is the schedule's 'jitter'.",
        ["randomly"] = "A random delay is the schedule's 'jitter'.",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a word is; <see cref="EnglishKind.Unknown"/> for one that is not known.</summary>
    public static (EnglishKind Kind, int Value) Find(ReadOnlySpan<char> word)
    {
        if (Lookup.TryGetValue(word, out var found)) return found;
        return Hints.ContainsKey(word.ToString()) ? (EnglishKind.Refused, 0) : (EnglishKind.Unknown, 0);
    }

    /// <summary>What may be said to the writer of this word: what to use instead, or the nearest word that is known.</summary>
    public static string? Hint(string word)
    {
        if (Hints.TryGetValue(word, out var hint)) return hint;
        var near = Known.Keys.Where(known => known.Length > 2 && Math.Abs(known.Length - word.Length) <= 2)
            .Select(known => (Word: known, Distance: Spelling.Distance(known, word)))
            .Where(found => found.Distance <= 2 && found.Distance * 2 < word.Length)
            .OrderBy(found => found.Distance).ThenBy(found => found.Word, StringComparer.Ordinal).FirstOrDefault();
        return near.Word is null ? null : $"Did you mean '{near.Word}'?";
    }

    private static Dictionary<string, (EnglishKind Kind, int Value)> Vocabulary()
    {
        var words = new Dictionary<string, (EnglishKind, int)>();
        AddSingle(words);
        AddDays(words);
        AddNumbers(words);
        AddUnits(words);
        Add(words, EnglishKind.Month, "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sep sept,october oct,november nov,december dec", 1);
        return words;
    }

    private static void AddSingle(Dictionary<string, (EnglishKind, int)> words)
    {
        (EnglishKind Kind, string Words)[] single =
        [
            (EnglishKind.Every, "every each all"), (EnglishKind.At, "at @"), (EnglishKind.On, "on"), (EnglishKind.In, "in during"), (EnglishKind.Of, "of"),
            (EnglishKind.The, "the"), (EnglishKind.A, "a an per"), (EnglishKind.And, "and plus &"), (EnglishKind.Between, "between"), (EnglishKind.From, "from"),
            (EnglishKind.To, "to until till through thru"), (EnglishKind.Business, "business working"), (EnglishKind.Last, "last final"), (EnglishKind.Other, "other alternate"),
            (EnglishKind.Noon, "noon midday"), (EnglishKind.Midnight, "midnight"), (EnglishKind.Half, "half"), (EnglishKind.Past, "past"),
            (EnglishKind.Except, "except excluding"), (EnglishKind.Times, "times"), (EnglishKind.OClock, "o'clock o’clock oclock"), (EnglishKind.Before, "before"), (EnglishKind.EndOf, "end"),
            (EnglishKind.Meridiem, "am"),
        ];
        foreach (var (kind, list) in single) Add(words, kind, list, 0);
        words["pm"] = (EnglishKind.Meridiem, 12);
        words["once"] = (EnglishKind.Once, 1);
        words["twice"] = (EnglishKind.Once, 2);
        words["thrice"] = (EnglishKind.Once, 3);
    }

    private static void AddDays(Dictionary<string, (EnglishKind, int)> words)
    {
        string[] days = ["sunday sundays sun", "monday mondays mon", "tuesday tuesdays tue tues", "wednesday wednesdays wed weds", "thursday thursdays thu thur thurs", "friday fridays fri", "saturday saturdays sat"];
        for (var day = 0; day < days.Length; day++) Add(words, EnglishKind.Weekday, days[day], 1 << day);
        Add(words, EnglishKind.DayGroup, "weekday weekdays workday workdays", Workdays);
        Add(words, EnglishKind.DayGroup, "weekend weekends", Weekend);
    }

    private static void AddNumbers(Dictionary<string, (EnglishKind, int)> words)
    {
        Add(words, EnglishKind.Number, "one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve,thirteen,fourteen,fifteen,sixteen,seventeen,eighteen,nineteen,twenty", 1);
        (words["thirty"], words["forty"], words["forty-five"]) = ((EnglishKind.Number, 30), (EnglishKind.Number, 40), (EnglishKind.Number, 45));
        (words["fifty"], words["sixty"], words["ninety"]) = ((EnglishKind.Number, 50), (EnglishKind.Number, 60), (EnglishKind.Number, 90));
        Add(words, EnglishKind.Ordinal, "first,,third,fourth,fifth,sixth,seventh,eighth,ninth,tenth,eleventh,twelfth,thirteenth,fourteenth,fifteenth", 1);
        (words["twentieth"], words["thirtieth"]) = ((EnglishKind.Ordinal, 20), (EnglishKind.Ordinal, 30));
    }

    private static void AddUnits(Dictionary<string, (EnglishKind, int)> words)
    {
        Add(words, EnglishKind.Unit, "second seconds sec secs s,minute minutes min mins m,hour hours hr hrs h,day days,week weeks,month months,quarter quarters,year years", 0);
        Add(words, EnglishKind.Adverb, "hourly,daily,weekly,monthly,quarterly,yearly annually", (int)EnglishUnit.Hour);
        words["fortnightly"] = (EnglishKind.Adverb, -(int)EnglishUnit.Week);
    }

    /// <summary>Groups of synonyms, separated by commas, with values that count up.</summary>
    private static void Add(Dictionary<string, (EnglishKind, int)> words, EnglishKind kind, string groups, int value)
    {
        foreach (var group in groups.Split(','))
        {
            foreach (var word in group.Split(' ', StringSplitOptions.RemoveEmptyEntries)) words[word] = (kind, value);
            value++;
        }
    }
}
