using System.Globalization;
using System.Numerics;
using System.Text;

namespace Carillon.Language;

/// <summary>Writes an expression back, always in the same way; reading that gives an equal expression again.</summary>
internal static class CronText
{
    public static string Of(in CronFields fields)
    {
        var text = new StringBuilder();
        if (fields.Seconds != 1) text.Append(Time(CronField.Second, fields.Seconds, fields.IsInterval)).Append(' ');
        text.Append(Time(CronField.Minute, fields.Minutes, fields.IsInterval)).Append(' ').Append(Time(CronField.Hour, fields.Hours, fields.IsInterval));
        if (fields.IsInterval && !Marks(text)) Mark(text);
        return text.Append(' ').Append(Days(fields)).Append(' ').Append(Values(CronField.Month, fields.Months)).Append(' ').Append(Weekdays(fields)).ToString();
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

    internal static string Days(in CronFields fields)
    {
        var suffix = fields.IsNearestWorkday ? "W" : "";
        if (!fields.IsLastDay) return Values(CronField.Day, (ulong)fields.Days << 1) + suffix;
        return (fields.DaysBeforeLast == 0 ? "L" : string.Create(CultureInfo.InvariantCulture, $"L-{fields.DaysBeforeLast}")) + suffix;
    }

    internal static string Weekdays(in CronFields fields) => fields.Nth switch
    {
        0 => fields.Weekdays == CronFields.AllWeekdays ? "*" : Runs(fields.Weekdays),
        CronFields.LastOne => $"{BitOperations.TrailingZeroCount(fields.Weekdays)}L",
        _ => $"{BitOperations.TrailingZeroCount(fields.Weekdays)}#{fields.Nth}",
    };

    internal static string Values(CronField field, ulong bits)
    {
        if (bits == field.All) return "*";
        var values = Each(bits).ToArray();
        var step = values.Length > 1 ? values[1] - values[0] : 0;
        if (step < 2 || !Enumerable.Range(1, values.Length - 1).All(i => values[i] - values[i - 1] == step)) return Runs(bits);
        if (values[^1] + step > field.Max) return values[0] == field.Min ? $"*/{step}" : $"{values[0]}/{step}";
        return values.Length > 2 ? $"{values[0]}-{values[^1]}/{step}" : Runs(bits);
    }

    private static string Runs(ulong bits)
    {
        var text = new StringBuilder();
        for (var value = 0; value < 64; value++)
        {
            if ((bits >> value & 1) == 0) continue;
            var last = value;
            while (last < 63 && (bits >> (last + 1) & 1) != 0) last++;
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{value}");
            if (last > value) text.Append(CultureInfo.InvariantCulture, $"-{last}");
            value = last;
        }

        return text.ToString();
    }

    internal static IEnumerable<int> Each(ulong bits)
    {
        for (var value = 0; value < 64; value++)
        {
            if ((bits >> value & 1) != 0) yield return value;
        }
    }
}
