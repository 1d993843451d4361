using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Carillon.Tests.Language;

/// <summary>One field as a set of values.</summary>
internal sealed partial class SlowField
{
    public static readonly SlowKind[] Kinds =
    [
        new(0, 0, 59, 60, ""), new(1, 0, 59, 60, ""), new(2, 0, 23, 24, ""), new(3, 1, 31, 31, ""), new(4, 1, 12, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
        new(5, 0, 7, 7, "SUN MON TUE WED THU FRI SAT"), new(6, 1970, 2199, 0, ""),
    ];

    public static readonly SlowKind QuartzWeekday = new(5, 1, 7, 7, "SUN MON TUE WED THU FRI SAT");

    public SortedSet<int> Values { get; } = [];

    public bool IsInterval { get; private set; }

    /// <summary>The weeks of <c>FRI/2</c>; 0 for every week.</summary>
    public int Weeks { get; private set; }

    public static SlowField? Read(string text, SlowKind kind, string dialect, string name)
    {
        var field = new SlowField();
        var elements = text.Split(',');
        return elements.All(element => field.Add(element, elements.Length > 1, kind, dialect, name)) ? field : null;
    }

    private bool Add(string element, bool isList, SlowKind kind, string dialect, string name)
    {
        var isQuartz = dialect == "quartz";
        var match = Star().Match(element);
        if (match.Success && (match.Groups[1].Length > 0 || isQuartz))
        {
            var isOpen = match.Groups[1].Value == "?";
            if (isOpen && isQuartz && (isList || match.Groups[2].Success || kind.Place is not (3 or 5))) return false;
            if (isOpen && kind.Place == 6) return false;
            if (isList && (dialect == "cronos" || isOpen)) return false;
            return Spread(kind.Min, kind.StarMax, match.Groups[2], kind);
        }

        if (element.Length > 0 && char.ToUpperInvariant(element[0]) == 'H') return kind.Place != 6 && Hash(element, kind, name);
        match = Range().Match(element);
        if (!match.Success || !kind.TryValue(match.Groups[1].Value, out var low)) return false;
        var high = low;
        if (match.Groups[2].Success && !kind.TryValue(match.Groups[2].Value, out high)) return false;
        if (kind.Place == 6 && high < low) return false;
        if (!match.Groups[2].Success && !match.Groups[3].Success) return Values.Add(low) || true;
        var isName = char.IsLetter(element[0]);
        if (isQuartz && kind.Place == 5 && isName && !match.Groups[2].Success) return EveryWeeks(low, match.Groups[3].Value);
        return Spread(low, match.Groups[2].Success ? high : kind.Max, match.Groups[3], kind);
    }

    private bool EveryWeeks(int weekday, string step)
    {
        if (!TryNumber(step, out var weeks) || weeks is < 1 or > 5 || (Weeks > 1 && weeks != Weeks)) return false;
        Weeks = weeks;
        Values.Add(weekday);
        return true;
    }

    private bool Spread(int low, int high, Group step, SlowKind kind)
    {
        var by = 1;
        if (step.Success && !(TryNumber(step.Value, out by) && by >= 1 && by <= kind.Max)) return false;
        IsInterval |= kind.Place < 3;
        for (var value = low; value <= (high < low ? high + kind.Cycle : high); value += by) Values.Add(value > kind.Max ? value - kind.Cycle : value);
        return true;
    }

    private bool Hash(string element, SlowKind kind, string name)
    {
        var match = Hashed().Match(element);
        if (!match.Success) return false;
        var (low, high) = (kind.Min, kind.HashMax);
        if (match.Groups[1].Success && !(kind.TryValue(match.Groups[1].Value, out low) && kind.TryValue(match.Groups[2].Value, out high) && low <= high)) return false;
        var step = 0;
        if (match.Groups[3].Success && !(TryNumber(match.Groups[3].Value, out step) && step >= 1 && step <= kind.Max)) return false;
        var span = high - low + 1;
        var place = low + (int)(Fnv(name, (byte)kind.Place) % (uint)(step == 0 ? span : Math.Min(step, span)));
        if (step == 0) return Values.Add(place) || true;
        IsInterval |= kind.Place < 3;
        for (var value = place; value <= high; value += step) Values.Add(value);
        return true;
    }

    private static uint Fnv(string name, byte salt)
    {
        var hash = new System.Numerics.BigInteger(0xCBF29CE484222325);
        foreach (var part in Encoding.UTF8.GetBytes(name).Append(salt)) hash = (hash ^ part) * 0x100000001B3 % (System.Numerics.BigInteger.One << 64);
        return (uint)((hash ^ (hash >> 32)) & 0xFFFFFFFF);
    }

    public static bool TryNumber(string text, out int number)
    {
        number = int.MaxValue;
        return Digits().IsMatch(text) && (text.TrimStart('0').Length > 9 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number));
    }

    [GeneratedRegex(@"^([*?]?)(?:/([0-9]+))?\z(?<=.)")]
    private static partial Regex Star();

    [GeneratedRegex(@"^([0-9]+|[A-Za-z]{3})(?:-([0-9]+|[A-Za-z]{3}))?(?:/([0-9]+))?\z")]
    private static partial Regex Range();

    [GeneratedRegex(@"^[Hh](?:\(([0-9]+|[A-Za-z]{3})-([0-9]+|[A-Za-z]{3})\))?(?:/([0-9]+))?\z")]
    private static partial Regex Hashed();

    [GeneratedRegex(@"^[0-9]+\z")]
    private static partial Regex Digits();
}

/// <summary>What a field may hold.</summary>
internal sealed record SlowKind(int Place, int Min, int Max, int Cycle, string Names)
{
    public int StarMax => Place == 5 && Min == 0 ? 6 : Max;

    public int HashMax => Place == 3 ? 28 : StarMax;

    public bool TryValue(string text, out int value)
    {
        value = Array.IndexOf(Names.Split(' '), text.ToUpperInvariant()) + Min;
        if (char.IsLetter(text[0])) return value >= Min && Names.Length > 0;
        return SlowField.TryNumber(text, out value) && value >= Min && value <= Max;
    }
}
