namespace Carillon.Language;

/// <summary>Days of the month: ordinals with or without a noun, dates, days before the end.</summary>
internal sealed partial class EnglishParser
{
    private const string Nth = "'first' to 'fifth', or 'last' to 'fourth-last'";

    private bool TryItems(int begin)
    {
        var items = new List<EnglishItem>();
        do
        {
            Accept(EnglishKind.On);
            if (!TryGroup(items)) return false;
        }
        while (AcceptLink(IsItem));
        if (_draft.HasDays) return Twice(begin, "On which days");
        _draft.Items = Stated(begin, items);
        return true;
    }

    /// <summary>What goes on with the list of days rather than with another clause.</summary>
    private bool IsItem(int ahead)
    {
        var at = Peek(ahead).Kind == EnglishKind.On ? ahead + 1 : ahead;
        if (Peek(at).Kind is EnglishKind.Weekday or EnglishKind.DayGroup or EnglishKind.Business) return false;
        return IsDays(at) && !(Peek(at).Kind == EnglishKind.The && Peek(at + 1).Kind is EnglishKind.Weekday or EnglishKind.DayGroup or EnglishKind.Half);
    }

    /// <summary>Days that share their months.</summary>
    private bool TryGroup(List<EnglishItem> items)
    {
        if (IsBeforeEnd()) return TryBeforeEnd(items);
        if (IsAt(EnglishKind.The) && Peek(1).Kind == EnglishKind.Month) _at++;
        if (IsAt(EnglishKind.Month)) return TryMonthAndDays(items);
        var first = items.Count;
        do
        {
            if (!TryNths(items)) return false;
        }
        while (!IsAt(EnglishKind.Of) && AcceptLink(next => IsItem(next) && Peek(next).Kind is not (EnglishKind.Month or EnglishKind.On) && !IsBeforeEnd(next)));
        if (IsAt(EnglishKind.Month)) return TryMonths(out var named) && Close(items, first, EnglishPeriod.Named, named);
        if (!IsAt(EnglishKind.Of)) return true;
        return TryPeriod(out var period, out var months) && Close(items, first, period, months);
    }

    private static bool Close(List<EnglishItem> items, int first, EnglishPeriod period, int months)
    {
        for (var i = first; i < items.Count; i++) items[i] = items[i] with { Period = period, Months = months };
        return true;
    }

    /// <summary>Ordinals up to and with their noun; without one they are days.</summary>
    private bool TryNths(List<EnglishItem> items)
    {
        Accept(EnglishKind.The);
        if (Here.IsUnit(EnglishUnit.Day) && Peek(1).Kind == EnglishKind.Number) _at++;
        var (begin, fromStart, fromEnd) = (Here, 0u, 0u);
        do
        {
            Accept(EnglishKind.The);
            if (!TryNumber(ref fromStart, ref fromEnd)) return false;
        }
        while (AcceptLink(next => IsNumber(Peek(next).Kind == EnglishKind.The ? next + 1 : next)));
        if (!TryNoun(begin, ref fromStart, ref fromEnd, out var make)) return false;
        if (fromStart != 0) items.Add(new EnglishItem(make(fromStart, 0), false, EnglishPeriod.Open, 0));
        if (fromEnd != 0) items.Add(new EnglishItem(make(0, fromEnd), true, EnglishPeriod.Open, 0));
        return true;
    }

    private bool IsNumber(int ahead)
    {
        var (one, next) = (Peek(ahead), Peek(ahead + 1).Kind);
        return one.Kind switch
        {
            EnglishKind.Ordinal or EnglishKind.Last => true,
            EnglishKind.Number => next is not (EnglishKind.Meridiem or EnglishKind.Unit or EnglishKind.Times or EnglishKind.Business or EnglishKind.OClock or EnglishKind.Past),
            EnglishKind.Unit => one.Unit == EnglishUnit.Second,
            _ => false,
        };
    }

    private bool TryNumber(ref uint fromStart, ref uint fromEnd)
    {
        var token = Here;
        if (!IsNumber(0)) return Fail(Day);
        _at++;
        var value = token.Kind switch { EnglishKind.Last => 1, EnglishKind.Unit => 2, _ => token.Value };
        if (value is < 1 or > 31) return FailAt(token, token.End, $"There is no {Word(token)} in a month", "1st to 31st");
        var isLast = token.Kind == EnglishKind.Last || AcceptLast();
        if (isLast) fromEnd |= 1u << (value - 1);
        else fromStart |= 1u << (value - 1);
        return true;
    }

    /// <summary><c>second-last</c>, <c>second to last</c>, <c>2nd last</c>.</summary>
    private bool AcceptLast()
    {
        var words = Here.Kind is EnglishKind.Hyphen or EnglishKind.To ? 1 : 0;
        if (words == 1 && Peek(1).Kind is EnglishKind.To && Peek(2).Kind is EnglishKind.Hyphen) words = 3;
        if (Peek(words).Kind != EnglishKind.Last) return false;
        _at += words + 1;
        return true;
    }

    private bool TryNoun(EnglishToken begin, ref uint fromStart, ref uint fromEnd, out Func<uint, uint, EnglishMonth> make)
    {
        make = static (start, end) => new EnglishMonth { Days = start, DaysFromEnd = end };
        var noun = Here;
        if (Here.IsUnit(EnglishUnit.Day)) _at++;
        var isBusiness = noun.Kind == EnglishKind.Business || (noun.Kind == EnglishKind.DayGroup && noun.Value == EnglishMonths.Workdays);
        if (isBusiness)
        {
            if (noun.Kind == EnglishKind.DayGroup) _at++;
            else if (!TryBusinessDay()) return false;
            make = static (start, end) => new EnglishMonth { Business = start, BusinessFromEnd = end };
            return ((fromStart | fromEnd) & ~EnglishMonth.AllBusiness) == 0 || FailAt(begin, noun.End, "No month has so many business days", "the first to 23rd business day");
        }

        if (noun.Kind != EnglishKind.Weekday) return true;
        _at++;
        var shift = System.Numerics.BitOperations.TrailingZeroCount(noun.Value) * EnglishMonth.BitsOfWeekday;
        make = (start, end) => new EnglishMonth { Nth = (start | ((ulong)end << 5)) << shift };
        return (fromStart <= 0b1_1111 && fromEnd <= 0b1111)
            || FailAt(begin, noun.End, $"No month has '{Shown.Of(_text[begin.Position..noun.End])}'", Nth, "Where days of the month come before it, say 'day' behind them: 'the 15th day and the last friday'.");
    }

    /// <summary><c>january 1st and 15th</c>.</summary>
    private bool TryMonthAndDays(List<EnglishItem> items)
    {
        var months = 1 << _tokens[_at++].Value;
        var (first, fromStart, fromEnd) = (items.Count, 0u, 0u);
        do
        {
            Accept(EnglishKind.The);
            if (Here.Kind is not (EnglishKind.Ordinal or EnglishKind.Number)) return Fail("a day of the month: 'january 1st'");
            if (!TryNumber(ref fromStart, ref fromEnd)) return false;
        }
        while (AcceptLink(next => Peek(next).Kind is EnglishKind.Ordinal or EnglishKind.Number && IsNumber(next) && Peek(next + 1).Kind is not (EnglishKind.Of or EnglishKind.Month)));
        if (fromStart != 0) items.Add(new EnglishItem(new EnglishMonth { Days = fromStart }, false, EnglishPeriod.Named, months));
        if (fromEnd != 0) items.Add(new EnglishItem(new EnglishMonth { DaysFromEnd = fromEnd }, true, EnglishPeriod.Named, months));
        return items.Count > first;
    }

    private bool IsBeforeEnd(int ahead = 0) =>
        Peek(ahead).Kind is EnglishKind.Number or EnglishKind.A
        && (Peek(ahead + 1).IsUnit(EnglishUnit.Day) ? Peek(ahead + 2).Kind == EnglishKind.Before : Peek(ahead + 1).Kind == EnglishKind.Business);

    /// <summary><c>5 business days before the end of the month</c>: so many before the last.</summary>
    private bool TryBeforeEnd(List<EnglishItem> items)
    {
        var number = _tokens[_at++];
        var count = number.Kind == EnglishKind.A ? 1 : number.Value;
        var isBusiness = IsAt(EnglishKind.Business);
        if (!isBusiness) _at++;
        else if (!TryBusinessDay()) return false;
        if (count > (isBusiness ? 22 : 30)) return FailAt(number, number.End, $"No month has {Shown.Of(Word(number))} days before its last", isBusiness ? "at most 22 business days" : "at most 30 days");
        if (!Accept(EnglishKind.Before)) return Fail("'before the end of the month'");
        Accept(EnglishKind.The);
        if (!Accept(EnglishKind.EndOf) || !IsAt(EnglishKind.Of)) return Fail("'the end of the month'");
        if (!TryPeriod(out var period, out var months)) return false;
        var bit = 1u << count;
        items.Add(new EnglishItem(isBusiness ? new EnglishMonth { BusinessFromEnd = bit } : new EnglishMonth { DaysFromEnd = bit }, true, period, months));
        return true;
    }
}
