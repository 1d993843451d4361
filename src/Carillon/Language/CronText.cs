using System.Globalization;
using System.Numerics;
using System.Text;

namespace Carillon.Language;

/// <summary>Writes an expression back, always in the same way; reading that gives an equal expression again.</summary>
internal static class CronText
{
    public static string Of(in CronFields fields, CronDialect dialect)
    {
        var text = new StringBuilder();
        var isQuartz = dialect == CronDialect.Quartz;
        if (fields.Seconds != 1 || isQuartz) text.Append(Time(CronField.Second, fields.Seconds, fields.IsInterval)).Append(' ');
        text.Append(Time(CronField.Minute, fields.Minutes, fields.IsInterval)).Append(' ').Append(Time(CronField.Hour, fields.Hours, fields.IsInterval));
        if (fields.IsInterval && !Marks(text)) Mark(text);
        text.Append(' ').Append(Days(fields, isQuartz)).Append(' ').Append(Values(CronField.Month, fields.Months)).Append(' ').Append(Weekdays(fields, isQuartz));
        return fields.Years is null ? text.ToString() : text.Append(' ').Append(Years(fields.Years)).ToString();
    }

    // Only a list says "these times of the day"; a star, a range or a step says "go on".
    private static string Time(CronField field, ulong bits, bool isInterval) => isInterval ? Values(field, bits) : string.Join(',', Each(bits));

    private static bool Marks(StringBuilder text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '*' or '-' or '/') return true;
        }

        return false;
    }

    /// <summary>An interval without a range, such as that of <c>0-10/5,17</c>: its first value becomes a range of one.</summary>
    private static void Mark(StringBuilder text)
    {
        var length = 0;
        while (text[length] is >= '0' and <= '9') length++;
        text.Insert(length, "-" + text.ToString(0, length));
    }

    internal static string Days(in CronFields fields, bool isQuartz)
    {
        if (!fields.HasDays) return isQuartz && fields.HasWeekdays ? "?" : "*";
        List<string> parts = fields.Days == 0 ? [] : [Values(CronField.Day, (ulong)fields.Days << 1)];
        parts.AddRange(Each(fields.Workdays).Select(bit => Invariant($"{bit + 1}W")));
        parts.AddRange(Each(fields.LastDays).Select(bit => bit == 0 ? "L" : Invariant($"L-{bit}")));
        parts.AddRange(Each(fields.LastWorkdays).Select(bit => bit == 0 ? "LW" : Invariant($"L-{bit}W")));
        parts.AddRange(Each(fields.BeforeLastWorkday).Select(bit => Invariant($"LW-{bit}")));
        return string.Join(',', parts);
    }

    internal static string Weekdays(in CronFields fields, bool isQuartz)
    {
        if (!fields.HasWeekdays) return isQuartz && (fields.HasDays || !fields.IsEitherDay) ? "?" : "*";
        if (fields.NthWeekdays != 0) return Nth(fields.NthWeekdays, isQuartz);
        if (fields.EveryWeeks > 1) return Invariant($"{string.Join(',', Each(fields.Weekdays).Select(Name))}/{fields.EveryWeeks}");
        return isQuartz ? Runs(fields.Weekdays, Name) : Runs(fields.Weekdays, Number);
    }

    private static string Nth(ulong nth, bool isQuartz)
    {
        var (row, weekday) = Math.DivRem(BitOperations.TrailingZeroCount(nth), 7);
        var name = isQuartz ? Name(weekday) : Number(weekday);
        return row == CronFields.LastOne - 1 ? name + "L" : Invariant($"{name}#{row + 1}");
    }

    internal static string Years(CronYears years)
    {
        var all = years.Each().ToArray();
        var step = all.Length > 2 ? all[1] - all[0] : 0;
        if (step > 1 && all.Zip(all.Skip(1), (year, next) => next - year).All(gap => gap == step))
        {
            return all[^1] + step > CronYears.Last ? Invariant($"{all[0]}/{step}") : Invariant($"{all[0]}-{all[^1]}/{step}");
        }

        var parts = new List<string>();
        foreach (var (first, last) in YearRuns(years)) parts.Add(first == last ? Number(first) : Invariant($"{first}-{last}"));
        return string.Join(',', parts);
    }

    internal static IEnumerable<(int First, int Last)> YearRuns(CronYears years)
    {
        var all = years.Each().ToArray();
        for (int i = 0, begin = 0; i < all.Length; i++)
        {
            if (i + 1 < all.Length && all[i + 1] == all[i] + 1) continue;
            yield return (all[begin], all[i]);
            begin = i + 1;
        }
    }

    private static string Name(int weekday) => CronField.Weekday.Names.Substring(3 * weekday, 3);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    internal static string Values(CronField field, ulong bits)
    {
        if (bits == field.All) return "*";
        var values = Each(bits).ToArray();
        var step = values.Length > 1 ? values[1] - values[0] : 0;
        if (step < 2 || !Enumerable.Range(1, values.Length - 1).All(i => values[i] - values[i - 1] == step)) return Runs(bits);
        if (values[^1] + step > field.Max) return values[0] == field.Min ? $"*/{step}" : $"{values[0]}/{step}";
        return values.Length > 2 ? $"{values[0]}-{values[^1]}/{step}" : Runs(bits);
    }

    private static string Runs(ulong bits) => Runs(bits, Number);

    private static string Runs(ulong bits, Func<int, string> name)
    {
        var parts = new List<string>();
        for (var value = 0; value < 64; value++)
        {
            if ((bits >> value & 1) == 0) continue;
            var first = value;
            while (value < 63 && (bits >> (value + 1) & 1) != 0) value++;
            parts.Add(value > first ? $"{name(first)}-{name(value)}" : name(value));
        }

        return string.Join(',', parts);
    }

    internal static IEnumerable<int> Each(ulong bits)
    {
        for (var value = 0; value < 64; value++)
        {
            if ((bits >> value & 1) != 0) yield return value;
        }
    }
}
