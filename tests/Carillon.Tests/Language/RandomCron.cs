using System.Globalization;

namespace Carillon.Tests.Language;

/// <summary>Random expressions of every dialect, mostly right ones.</summary>
internal static class RandomCron
{
    private static readonly string[] Names = ["SUN", "MON", "tue", "WED", "Thu", "FRI", "SAT"];
    private static readonly string[] MonthNames = ["JAN", "feb", "MAR", "APR", "MAY", "JUN", "Jul", "AUG", "SEP", "OCT", "NOV", "DEC"];

    public static string Expression(Random random, string dialect)
    {
        var isQuartz = dialect == "quartz";
        var hasSeconds = isQuartz || random.Next(4) == 0;
        var seconds = hasSeconds ? (random.Next(3) > 0 ? Number(random, 0, 59) : Field(random, 0, 59)) + " " : "";
        var (days, weekdays) = (Days(random, isQuartz), Weekdays(random, isQuartz));
        if (isQuartz && days == "?" && weekdays == "?") days = "*";
        var month = random.Next(3) > 0 ? "*" : random.Next(3) == 0 ? MonthNames[random.Next(12)] : Field(random, 1, 12);
        var year = isQuartz && random.Next(6) == 0 ? " " + (string[])["*", "1980-2100", "2020/3", "2024,2026,2030", "2100"] switch { var all => all[random.Next(all.Length)] } : "";
        return $"{seconds}{Field(random, 0, 59)} {Field(random, 0, 23)} {days} {month} {weekdays}{year}";
    }

    private static string Days(Random random, bool isQuartz) => random.Next(isQuartz ? 13 : 11) switch
    {
        0 => "L",
        1 => $"L-{Number(random, 0, 30)}",
        2 => $"{Number(random, 1, 31)}W",
        3 => "LW",
        4 => $"l-{Number(random, 0, 6)}w",
        5 or 6 => Field(random, 1, 31),
        7 => "?",
        11 => $"{Number(random, 1, 31)},L,{Number(random, 1, 31)}W",
        12 => $"LW-{Number(random, 0, 30)},L-1",
        _ => "*",
    };

    private static string Weekdays(Random random, bool isQuartz) => random.Next(isQuartz ? 10 : 8) switch
    {
        0 => $"{Number(random, 1, 7)}#{Number(random, 1, 5)}",
        1 => $"{Names[random.Next(7)]}L",
        2 => $"{Names[random.Next(7)]}-{Names[random.Next(7)]}",
        3 => Field(random, isQuartz ? 1 : 0, 7),
        4 or 5 => "?",
        8 => $"{Names[random.Next(7)]},{Names[random.Next(7)]}/{Number(random, 1, 5)}",
        9 => "L",
        _ => "*",
    };

    private static string Field(Random random, int min, int max) => random.Next(9) switch
    {
        0 or 1 => "*",
        2 => $"*/{Number(random, 1, max)}",
        3 => $"{Number(random, min, max)}-{Number(random, min, max)}",
        4 => $"{Number(random, min, max)}/{Number(random, 1, max)}",
        5 => $"{Number(random, min, max)},{Number(random, min, max)},{Number(random, min, max)}",
        6 => $"{Number(random, min, max)}-{Number(random, min, max)}/{Number(random, 1, max)},{Number(random, min, max)}",
        7 => random.Next(3) switch { 0 => "H", 1 => $"h/{Number(random, 1, max)}", _ => $"H({min}-{Number(random, min, max)})" },
        _ => Number(random, min, max),
    };

    private static string Number(Random random, int min, int max) => random.Next(min, max + 1).ToString(CultureInfo.InvariantCulture);
}
