using System.Globalization;
using System.Numerics;

namespace Carillon.Language;

/// <summary>Writes a plan as a sentence, always in the same way; reading that gives an equal plan.</summary>
internal static partial class EnglishText
{
    private static readonly string[] Ordinals = ["first", "second", "third", "fourth", "fifth"];
    private static readonly string[] Lasts = ["last", "second-last", "third-last", "fourth-last", "fifth-last"];

    public static string Of(EnglishPlan plan)
    {
        if (plan.Elapsed is { } elapsed) return $"every {Span((long)elapsed.TotalSeconds)}{Zone(plan)}";
        var days = Days(plan.Days);
        if (days.Length == 0 && !plan.Clock.IsInterval) days = "every day";
        return string.Join(' ', new[] { Clock(plan.Clock, plan.Days.IsEveryDay), days }.Where(part => part.Length > 0)) + Zone(plan);
    }

    private static string Zone(EnglishPlan plan) => plan.Zone is null ? "" : $" in {plan.Zone.Id}";

    /// <summary>The times of day.</summary>
    public static string Clock(EnglishClock clock, bool isEveryDay)
    {
        if (!clock.IsInterval) return $"at {Join(clock.Offsets.ToArray().Select(Time))}";
        var isHourly = clock.Offsets.Length > 1;
        var text = $"every {Span(clock.Step)}" + (isHourly ? $" at {Join(clock.Offsets.ToArray().Select(offset => $":{offset / 60 % 60:00}"))}" : "");
        var isGrid = EnglishClock.Day % clock.Step == 0;
        var isWhole = clock.IsWholeDay && clock.Offsets[0] < (isHourly ? 3600 : 1) && (isGrid || !isEveryDay);
        return isWhole ? text : $"{text} from {Time(clock.First)} to {(clock.Last == EnglishClock.Day ? "24:00" : Time(clock.Last % EnglishClock.Day))}";
    }

    /// <summary>15 minutes, 1 hour 30 minutes; one of a unit stands without its number.</summary>
    public static string Span(long seconds)
    {
        (long Length, string Name)[] units = [(3600, "hour"), (60, "minute"), (1, "second")];
        var parts = new List<string>();
        foreach (var (length, name) in units)
        {
            var count = seconds / length;
            seconds %= length;
            if (count > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {name}{(count == 1 ? "" : "s")}"));
        }

        return parts.Count == 1 && parts[0].StartsWith("1 ", StringComparison.Ordinal) ? parts[0][2..] : string.Join(' ', parts);
    }

    /// <summary>A time of day: 09:00, 23:59:59.</summary>
    public static string Time(int seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}{(seconds % 60 == 0 ? "" : $":{seconds % 60:00}")}");

    public static string Join(IEnumerable<string> parts)
    {
        var list = parts.ToArray();
        return list.Length < 2 ? string.Concat(list) : $"{string.Join(", ", list[..^1])} and {list[^1]}";
    }

    private static IEnumerable<int> Bits(ulong bits)
    {
        for (; bits != 0; bits &= bits - 1) yield return BitOperations.TrailingZeroCount(bits);
    }
}
