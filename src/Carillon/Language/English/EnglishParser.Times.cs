using System.Globalization;

namespace Carillon.Language.English;

/// <summary>Intervals, times of day, minutes of the hour, windows.</summary>
internal sealed partial class EnglishParser
{
    private const string Time = "a time such as 9:00, 9am, 17:30, noon or midnight";

    private bool TryEvery()
    {
        var begin = _at++;
        if (Here.IsUnit(EnglishUnit.Second) && IsOrdinalSecond()) return TryNth(begin, 2);
        switch (Here.Kind)
        {
            case EnglishKind.Other:
                _at++;
                return IsAt(EnglishKind.Unit) ? TryUnits(begin, 2, false) : TryOtherWeeks(begin);
            case EnglishKind.Number when Peek(1).Kind == EnglishKind.Unit || !IsDays(0):
                return TryUnits(begin, _tokens[_at++].Value, false);
            case EnglishKind.Unit when Here.Unit == EnglishUnit.Quarter && Peek(1).Kind is EnglishKind.Of or EnglishKind.Unit:
            case EnglishKind.Half:
                return TryPartOfHour(begin);
            case EnglishKind.Unit:
                return TryUnits(begin, 1, false);
            case EnglishKind.Ordinal:
                return TryNth(begin, Here.Value);
            case EnglishKind.Month when Peek(1).Kind is not (EnglishKind.Ordinal or EnglishKind.Number or EnglishKind.The):
                return TryMonths(out var months) && SetCadence(begin, EnglishUnit.Year, 1) && SetMonths(begin, months);
            default:
                return IsDays(0) ? TryDays(begin) : Fail("a number and a unit, a unit, or days: 'every 15 minutes', 'every day', 'every monday'");
        }
    }

    /// <summary>"second" as a number: before another unit, a day, or a further ordinal.</summary>
    private bool IsOrdinalSecond()
    {
        var next = Peek(1).Kind;
        if (next is EnglishKind.And or EnglishKind.Comma) return Peek(2).Kind is EnglishKind.Ordinal or EnglishKind.Last;
        return next is EnglishKind.Unit or EnglishKind.Weekday or EnglishKind.DayGroup or EnglishKind.Business or EnglishKind.Last or EnglishKind.Hyphen or EnglishKind.Of;
    }

    /// <summary><c>every third month</c> is a step, <c>every third friday of the month</c> is a day of the month; <c>every third friday</c> may be either.</summary>
    private bool TryNth(int begin, int count)
    {
        var next = Peek(1);
        if (next.Kind == EnglishKind.Unit && count > 1 && !(next.Unit == EnglishUnit.Day && Peek(2).Kind == EnglishKind.Of))
        {
            _at++;
            return TryUnits(begin, count, false);
        }

        var noun = Here;
        if (!TryDays(begin)) return false;
        var isOpen = _draft.Items!.Value.TrueForAll(item => item.Period == EnglishPeriod.Open && !item.IsFromEnd);
        if (!isOpen || count == 1 || next.Kind is not (EnglishKind.Weekday or EnglishKind.DayGroup or EnglishKind.Business)) return true;
        var day = Word(next);
        return FailAt(noun, next.End, $"'every {Word(noun)} {day}' may mean two things", $"'every {count} weeks on {day}', or '{day} of the month'");
    }

    private bool TryOtherWeeks(int begin)
    {
        if (!IsAt(EnglishKind.Weekday)) return Fail("a unit or a day of the week: 'every other day', 'every other monday'");
        return TryWeekdays(out var weekdays) && SetCadence(begin, EnglishUnit.Week, 2) && SetWeekdays(begin, weekdays, false);
    }

    private bool TryPartOfHour(int begin)
    {
        var seconds = _tokens[_at++].Kind == EnglishKind.Half ? 1800 : 900;
        Accept(EnglishKind.Hyphen);
        Accept(EnglishKind.Of);
        Accept(EnglishKind.A);
        if (!Here.IsUnit(EnglishUnit.Hour)) return Fail("'hour'");
        _at++;
        return SetInterval(begin, seconds, false);
    }

    /// <summary>A number with a fraction stands here, at its point: the same in whole units, where there are such.</summary>
    private bool FailFraction()
    {
        var (number, unit) = (_tokens[_at - 1], Peek(2).Unit);
        var text = _text[number.Position..Peek(1).End];
        var seconds = unit <= EnglishUnit.Week && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count < 10_000
            ? count * (unit switch { EnglishUnit.Day => 86_400, EnglishUnit.Week => 7 * 86_400, _ => SecondsOf(unit) })
            : 0;
        var same = seconds <= 0 || seconds % 1 != 0 ? null : seconds % 3600 == 0 ? $"{seconds / 3600:0} hours" : seconds % 60 == 0 ? $"{seconds / 60:0} minutes" : $"{seconds:0} seconds";
        return FailAt(number, Peek(1).End, $"'{Shown.Of(text)}' is no whole number", "a whole number of units", same is null ? null : $"Write 'every {same}'.");
    }

    /// <summary>The unit that stands here, so many times, with further numbers and units.</summary>
    private bool TryUnits(int begin, int count, bool isOne)
    {
        if (Word(Here) == "." && Peek(1).Kind == EnglishKind.Number && Peek(2).Kind == EnglishKind.Unit) return FailFraction();
        if (!IsAt(EnglishKind.Unit)) return Fail("a unit: seconds, minutes, hours, days, weeks, months, quarters or years");
        var unit = Here.Unit;
        _at++;
        if (count == 0) return FailAt(_tokens[begin], _tokens[_at - 1].End, "A count of 0 would never move on", "at least 1");
        if (unit >= EnglishUnit.Day) return count <= 1000 ? SetCadence(begin, unit, count) : FailAt(_tokens[begin], _tokens[_at - 1].End, "That count is out of range", "at most 1000");
        var seconds = (long)count * SecondsOf(unit);
        if (unit == EnglishUnit.Hour && IsAt(EnglishKind.And) && Peek(1).Kind == EnglishKind.A && Peek(2).Kind == EnglishKind.Half)
        {
            _at += 3;
            return SetInterval(begin, seconds + 1800, false);
        }

        var isHourly = unit == EnglishUnit.Hour;
        while (!isOne && IsFurtherUnit(unit, out var words))
        {
            unit = Peek(words).Unit;
            seconds += (long)Peek(words - 1).Value * SecondsOf(unit);
            isHourly = false;
            _at += words + 1;
        }

        return SetInterval(begin, seconds, isHourly);
    }

    /// <summary>[and] number and a smaller unit.</summary>
    private bool IsFurtherUnit(EnglishUnit than, out int words)
    {
        words = IsAt(EnglishKind.And) ? 2 : 1;
        return Peek(words - 1).Kind == EnglishKind.Number && Peek(words).Kind == EnglishKind.Unit && Peek(words).Unit < than && Peek(words + 1).Kind != EnglishKind.Past;
    }

    private static int SecondsOf(EnglishUnit unit) => unit switch { EnglishUnit.Second => 1, EnglishUnit.Minute => 60, _ => 3600 };

    private bool TryAt()
    {
        var begin = _at++;
        var isMinute = Here.IsUnit(EnglishUnit.Minute) || IsAt(EnglishKind.PastHour) || (IsAt(EnglishKind.Number) && Peek(1).IsUnit(EnglishUnit.Minute) && Peek(2).Kind == EnglishKind.Past && IsWholeHour(3));
        if (isMinute) return TryPastHour(begin);
        return IsTime(0) || IsAt(EnglishKind.Number) ? TryTimes(begin) : Fail(Time);
    }

    private bool IsWholeHour(int ahead) => Peek(ahead).Kind is EnglishKind.The or EnglishKind.Every or EnglishKind.Unit or EnglishKind.A;

    /// <summary><c>:15 and :45</c>, <c>minute 15 and 45</c>, <c>15 minutes past the hour</c>.</summary>
    private bool TryPastHour(int begin)
    {
        var minutes = new List<int>();
        var isNumber = Here.IsUnit(EnglishUnit.Minute);
        if (isNumber) _at++;
        var kind = isNumber || IsAt(EnglishKind.Number) ? EnglishKind.Number : EnglishKind.PastHour;
        do
        {
            if (!IsAt(kind) || Here.Value > 59) return Fail("a minute of the hour, 0 to 59");
            minutes.Add(Here.Value * 60);
            _at++;
        }
        while (AcceptLink(next => Peek(next).Kind == kind && !IsTime(next) && Peek(next + 1).Kind != EnglishKind.Unit));
        if (Here.IsUnit(EnglishUnit.Minute)) _at++;
        if (Accept(EnglishKind.Past) && !TryHourWord()) return false;
        return SetPastHour(begin, minutes);
    }

    private bool TryHourWord()
    {
        var every = _at;
        var isEvery = Accept(EnglishKind.Every);
        if (!isEvery) Accept(EnglishKind.The);
        if (!Here.IsUnit(EnglishUnit.Hour)) return Fail("'the hour'");
        _at++;
        return !isEvery || SetInterval(every, 3600, true);
    }

    private bool SetPastHour(int begin, List<int> minutes)
    {
        if (_draft.PastHour is not null || _draft.Times is not null) return Twice(begin, "The time");
        _draft.PastHour = Stated(begin, minutes);
        return true;
    }

    /// <summary>A time that needs no "at" before it.</summary>
    private bool IsTime(int ahead)
    {
        var (one, next) = (Peek(ahead).Kind, Peek(ahead + 1).Kind);
        return one switch
        {
            EnglishKind.ClockTime or EnglishKind.Noon or EnglishKind.Midnight => true,
            EnglishKind.Number => next is EnglishKind.Meridiem or EnglishKind.OClock or EnglishKind.Noon or EnglishKind.Midnight or EnglishKind.Past || IsToHour(ahead + 1),
            EnglishKind.Half => next == EnglishKind.Past,
            EnglishKind.Unit => Peek(ahead).Unit == EnglishUnit.Quarter && (next == EnglishKind.Past || IsToHour(ahead + 1)),
            _ => false,
        };
    }

    /// <summary><c>to nine</c>, after minutes; the minutes may be a bare number only before a word, "10 to 9" being a window.</summary>
    private bool IsToHour(int ahead) => Peek(ahead).Kind == EnglishKind.To && Peek(ahead - 1).Kind == EnglishKind.Unit && Peek(ahead + 1).Kind == EnglishKind.Number;

    private bool TryTimes(int begin)
    {
        var times = new List<EnglishClockTime>();
        do
        {
            if (!TryTime(false, out var time)) return false;
            times.Add(time);
            if (times.Count == 1 && (IsAt(EnglishKind.Hyphen) || IsAt(EnglishKind.To))) return TryWindowEnd(begin, time, true);
        }
        while (AcceptLink(next => IsTime(next) || IsBareHour(next)));
        if (!IsOneClock(times)) return false;
        if (_draft.Times is not null || _draft.PastHour is not null) return Twice(begin, "The time");
        _draft.Times = Stated(begin, times.ConvertAll(time => time.Seconds));
        return true;
    }

    private bool IsBareHour(int ahead) =>
        Peek(ahead).Kind == EnglishKind.Number && Peek(ahead + 1).Kind is not (EnglishKind.Unit or EnglishKind.Times or EnglishKind.Month or EnglishKind.Business or EnglishKind.Of);

    /// <summary>Beside a time with am or pm, a bare hour up to 12 could be either.</summary>
    private bool IsOneClock(List<EnglishClockTime> times)
    {
        if (!times.Exists(time => time.HasMeridiem) || times.Find(time => time.IsBare) is not { } bare) return true;
        var hour = Word(bare.Token);
        return FailAt(bare.Token, bare.Token.End, $"'{hour}' has no am or pm, but another time has", $"{hour}am or {hour}pm");
    }

    private bool TryWindow()
    {
        var begin = _at;
        if (Peek(1).Kind is EnglishKind.Weekday or EnglishKind.DayGroup)
        {
            _at++;
            return TryDays(begin);
        }

        if (Peek(1).Kind == EnglishKind.Month)
        {
            _at++;
            return TryMonths(out var months) && SetMonths(begin, months);
        }

        var isBetween = Accept(EnglishKind.Between);
        if (!isBetween) _at++;
        return TryTime(false, out var from) && TryWindowEnd(begin, from, !isBetween);
    }

    private bool TryWindowEnd(int begin, EnglishClockTime from, bool isFrom)
    {
        var isLinked = isFrom ? Accept(EnglishKind.To) || Accept(EnglishKind.Hyphen) : Accept(EnglishKind.And);
        if (!isLinked) return Fail(isFrom ? "'to' and the time at which it ends" : "'and' and the time at which it ends");
        if (!TryTime(true, out var to) || !IsOneClock([from, to])) return false;
        var end = to.Seconds == 0 && IsMidnight(to.Token) ? EnglishClock.Day : to.Seconds;
        if (end < from.Seconds && from.IsBare && to.IsBare)
        {
            var hour = Word(to.Token);
            return FailAt(to.Token, to.Token.End, $"From {Word(from.Token)} to {hour} passes midnight", $"{hour}pm or {(to.Seconds / 3600) + 12}, or {to.Seconds / 3600:00}:00 for a window past midnight");
        }

        if (_draft.Window is not null) return Twice(begin, "The window");
        _draft.Window = Stated(begin, (from.Seconds, end < from.Seconds ? end + EnglishClock.Day : end));
        return true;
    }

    private static bool IsMidnight(EnglishToken token) => token.Kind == EnglishKind.Midnight || (token.Kind == EnglishKind.Number && token.Value == 12);
}
