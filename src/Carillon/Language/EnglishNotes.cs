using System.Globalization;

namespace Carillon.Language;

/// <summary>What the canonical sentence leaves unsaid, for whoever asks what it means.</summary>
internal static class EnglishNotes
{
    public static string Of(EnglishPlan plan, DateTimeOffset? anchor) => OfClock(plan) + OfDays(plan, anchor);

    public static string OfClock(EnglishPlan plan)
    {
        var clock = plan.Clock;
        if (!clock.IsInterval) return "";
        if (!clock.IsWholeDay) return ", both ends included" + (clock.Last >= EnglishClock.Day ? "; what comes after midnight belongs to the day before" : "");
        return EnglishClock.Day % clock.Step == 0 ? ", by the clock" : ", starting anew at 00:00 of each of these days";
    }

    public static string OfDays(EnglishPlan plan, DateTimeOffset? anchor)
    {
        var step = plan.Days.Step;
        var business = Enumerable.Range(1, 12).Any(month => plan.Days.Of(month).HasBusiness)
            ? "; business days are Monday to Friday, less what the schedule's calendar excludes" : "";
        if (step.IsNone) return business;
        var unit = step.Unit switch { EnglishUnit.Day => "day", EnglishUnit.Week => "week", EnglishUnit.Month => "month", _ => "year" };
        var from = anchor is { } given ? string.Create(CultureInfo.InvariantCulture, $"{given.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "Monday 1970-01-05";
        return $"; counted from the {unit} of {from}{business}";
    }
}
