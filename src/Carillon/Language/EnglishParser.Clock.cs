namespace Carillon.Language;

/// <summary>One time of day.</summary>
internal sealed partial class EnglishParser
{
    private bool TryTime(bool isEnd, out EnglishClockTime time)
    {
        var token = Here;
        time = new EnglishClockTime(token, 0, false, false);
        switch (token.Kind)
        {
            case EnglishKind.Noon or EnglishKind.Midnight:
                _at++;
                time = time with { Seconds = token.Kind == EnglishKind.Noon ? EnglishClock.Day / 2 : 0 };
                return true;
            case EnglishKind.ClockTime:
                return TryClockTime(isEnd, ref time);
            case EnglishKind.Half or EnglishKind.Unit or EnglishKind.Number when IsTime(0) && (IsPastOrTo(1) || IsPastOrTo(2)):
                return TryMinutes(ref time);
            case EnglishKind.Number:
                return TryHour(ref time);
            default:
                return Fail(Time);
        }
    }

    private bool IsPastOrTo(int ahead) => Peek(ahead).Kind == EnglishKind.Past || IsToHour(ahead);

    private bool TryClockTime(bool isEnd, ref EnglishClockTime time)
    {
        var token = Here;
        if (token.Value < 0) return FailAt(token, token.End, $"'{Shown.Of(Word(token))}' is no time of day", "00:00 to 23:59, with two digits for the minutes");
        if (token.Value == EnglishClock.Day && !isEnd) return FailAt(token, token.End, "24:00 is the end of a window only", "00:00, which is the begin of the day");
        _at++;
        time = time with { Seconds = token.Value };
        return !IsAt(EnglishKind.Meridiem) || TryMeridiem(token.Value / 3600, ref time);
    }

    private bool TryHour(ref EnglishClockTime time)
    {
        var token = Here;
        if (token.Value > 23)
        {
            var isDigits = token.Value is >= 100 and <= 2359 && token.Value % 100 < 60;
            return FailAt(token, token.End, $"The hour {Shown.Of(Word(token))} is out of range", "0 to 23", isDigits ? $"Write {token.Value / 100}:{token.Value % 100:00}." : null);
        }

        _at++;
        var hasClock = Accept(EnglishKind.OClock);
        time = time with { Seconds = token.Value * 3600, IsBare = token.Value is >= 1 and <= 12 };
        if (IsAt(EnglishKind.Meridiem)) return TryMeridiem(token.Value, ref time);
        if (hasClock || token.Value != 12 || Here.Kind is not (EnglishKind.Noon or EnglishKind.Midnight)) return true;
        time = time with { Seconds = _tokens[_at++].Kind == EnglishKind.Noon ? EnglishClock.Day / 2 : 0, IsBare = false };
        return true;
    }

    private bool TryMeridiem(int hour, ref EnglishClockTime time)
    {
        var meridiem = Here;
        if (hour is < 1 or > 12) return FailAt(time.Token, meridiem.End, $"The hour {hour} goes not with am or pm", "1 to 12 with am or pm, or the 24-hour clock without");
        _at++;
        time = time with { Seconds = (time.Seconds % (EnglishClock.Day / 2)) + (meridiem.Value * 3600), HasMeridiem = true, IsBare = false };
        return true;
    }

    /// <summary><c>half past 9</c>, <c>quarter to five pm</c>, <c>10 minutes past noon</c> is not.</summary>
    private bool TryMinutes(ref EnglishClockTime time)
    {
        var token = _tokens[_at++];
        var minutes = token.Kind switch { EnglishKind.Half => 30, EnglishKind.Unit => 15, _ => token.Value };
        if (minutes is < 1 or > 59) return FailAt(token, token.End, $"The minutes {minutes} are out of range", "1 to 59");
        if (Here.IsUnit(EnglishUnit.Minute)) _at++;
        var isPast = _tokens[_at++].Kind == EnglishKind.Past;
        if (!IsAt(EnglishKind.Number)) return Fail("an hour: 'half past 9'");
        if (!TryHour(ref time)) return false;
        time = time with { Seconds = (time.Seconds + ((isPast ? minutes : -minutes) * 60) + EnglishClock.Day) % EnglishClock.Day };
        return true;
    }
}
