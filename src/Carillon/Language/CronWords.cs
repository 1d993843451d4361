using System.Globalization;
using System.Numerics;

namespace Carillon.Language;

/// <summary>Says an expression in plain English.</summary>
internal static partial class CronWords
{
    private const int MaxListed = 6;
    private static readonly string[] Weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    private static readonly string[] Order = ["", "first", "second", "third", "fourth", "fifth", "last"];

    public static string Of(in CronFields fields) => Sentence(Time(fields), Date(fields));

    /// <summary>What an expression without any instant asks for.</summary>
    public static string Never(in CronFields fields)
    {
        var isDate = !fields.HasSpecialDays && !fields.HasWeekdays && fields.Years is null;
        return isDate ? $"never fires: {Join(Bits((ulong)fields.Days << 1).Select(Number), "or")} {Months(fields)}" : $"never fires: {Date(fields)}";
    }

    private static string Sentence(string time, string date) => date.Length == 0 ? time : $"{time} {date}";

    private static string Time(in CronFields fields)
    {
        var count = BitOperations.PopCount(fields.Hours) * BitOperations.PopCount(fields.Minutes) * BitOperations.PopCount(fields.Seconds);
        if (count <= MaxListed) return "at " + Join(Times(fields), "and");
        var seconds = fields.Seconds == 1 ? null : Field(CronField.Second, fields.Seconds);
        var minutes = fields.Minutes == CronField.Minute.All && seconds is not null ? null : Field(CronField.Minute, fields.Minutes);
        return string.Join(", ", new[] { seconds, minutes }.OfType<string>()) + Hours(fields.Hours, fields.Minutes);
    }

    private static List<string> Times(in CronFields fields)
    {
        var times = new List<string>();
        foreach (var hour in Bits(fields.Hours))
        {
            foreach (var minute in Bits(fields.Minutes))
            {
                foreach (var second in Bits(fields.Seconds)) times.Add(Clock(hour, minute, fields.Seconds == 1 ? -1 : second));
            }
        }

        return times;
    }

    private static string Clock(int hour, int minute, int second) =>
        second < 0 ? string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}") : string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}:{second:00}");

    private static string Field(CronField field, ulong bits)
    {
        if (bits == field.All) return $"every {field.Name}";
        var step = Step(field, bits);
        return step > 1 ? $"every {step} {field.Name}s" : $"at {field.Name} {Join(Ranges(bits, Number), "and")}";
    }

    /// <summary>The step of a set that begins at the field's least value and runs through; 0 for another set.</summary>
    private static int Step(CronField field, ulong bits)
    {
        var values = Bits(bits).ToArray();
        var step = values.Length > 1 ? values[1] - values[0] : 0;
        var isRegular = step > 0 && values[0] == field.Min && values[^1] + step > field.Max && values.Skip(1).Zip(values, (later, earlier) => later - earlier).All(gap => gap == step);
        return isRegular ? step : 0;
    }

    private static string Hours(uint hours, ulong minutes)
    {
        if (hours == CronField.Hour.All) return minutes == CronField.Minute.All || Step(CronField.Minute, minutes) > 1 ? "" : " of every hour";
        var step = Step(CronField.Hour, hours);
        if (step > 1) return $" of every {step} hours, from 00:00";
        return " " + Join(Runs(hours).Select(run => run.First == run.Last ? $"in the hour {Clock(run.First, 0, -1)}" : $"from {Clock(run.First, 0, -1)} to {Clock(run.Last, 59, -1)}"), "and");
    }

    private static string Date(in CronFields fields)
    {
        var months = fields.Months == CronField.Month.All ? "" : $"in {Months(fields)}";
        var days = fields.HasDays ? Days(fields) : "";
        var weekdays = fields.HasWeekdays ? DaysOfWeek(fields) : "";
        var link = days.Length > 0 && weekdays.Length > 0 ? (fields.IsEitherDay ? " or " : ", if that is ") : "";
        var both = days + link + weekdays;
        return Sentence(Sentence(both.Length == 0 ? "" : "on " + both, months).Trim(), Years(fields)).Trim();
    }

    private static string Years(in CronFields fields) => fields.Years is null ? ""
        : CronText.Years(fields.Years) is var text && text.Contains('/', StringComparison.Ordinal) ? $"in the years {text}"
        : "in " + Join(CronText.YearRuns(fields.Years).Select(run => run.First == run.Last ? Number(run.First) : $"{Number(run.First)} to {Number(run.Last)}"), "and");

    private static string Days(in CronFields fields)
    {
        List<string> days = fields.Days == 0 ? [] : ["day " + Join(Ranges((ulong)fields.Days << 1, Number), "and")];
        days.AddRange(Bits(fields.Workdays).Select(bit => $"the weekday nearest to day {bit + 1}"));
        days.AddRange(Bits(fields.LastDays).Select(bit => bit == 0 ? "the last day" : $"the day {bit} before the last"));
        days.AddRange(Bits(fields.LastWorkdays).Select(bit => bit == 0 ? "the last weekday" : $"the weekday nearest to the day {bit} before the last"));
        days.AddRange(Bits(fields.BeforeLastWorkday).Select(bit => $"the day {bit} before the last weekday"));
        return $"{Join(days, "and")} of the month";
    }

    private static string DaysOfWeek(in CronFields fields)
    {
        if (fields.NthWeekdays != 0)
        {
            var (row, weekday) = Math.DivRem(BitOperations.TrailingZeroCount(fields.NthWeekdays), 7);
            return $"the {Order[row + 1]} {Weekdays[weekday]} of the month";
        }

        var days = Join(Ranges(MondayFirst(fields.Weekdays), value => Weekdays[value % 7]), fields.HasDays ? "or" : "and");
        return fields.EveryWeeks > 1 ? $"{days} of every {fields.EveryWeeks} weeks (Sunday to Saturday, counted from that of 1970-01-01)" : days;
    }

    private static ulong MondayFirst(uint weekdays) => (weekdays & 0x7E) | ((weekdays & 1UL) << 7);

    private static string Months(in CronFields fields) => Join(Ranges(fields.Months, month => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month)), "and");

    private static IEnumerable<string> Ranges(ulong bits, Func<int, string> name)
    {
        foreach (var (first, last) in Runs(bits))
        {
            if (last > first + 1)
            {
                yield return $"{name(first)} to {name(last)}";
                continue;
            }

            for (var value = first; value <= last; value++) yield return name(value);
        }
    }

    private static IEnumerable<(int First, int Last)> Runs(ulong bits)
    {
        for (var value = 0; value < 64; value++)
        {
            if ((bits >> value & 1) == 0) continue;
            var first = value;
            while (value < 63 && (bits >> (value + 1) & 1) != 0) value++;
            yield return (first, value);
        }
    }

    private static IEnumerable<int> Bits(ulong bits) => CronText.Each(bits);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Join(IEnumerable<string> parts, string last)
    {
        var list = parts.ToArray();
        return list.Length < 2 ? string.Concat(list) : $"{string.Join(", ", list[..^1])} {last} {list[^1]}";
    }
}
