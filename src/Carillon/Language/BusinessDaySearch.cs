namespace Carillon.Language;

/// <summary>
/// Finds instants of which those on no business day are moved to one, at the same local time. It goes from business day to business day and
/// asks which days are moved onto each: days keep their order when they are moved, times of day do not.
/// </summary>
/// <param name="inner">What is moved.</param>
/// <param name="calendar">What makes business days; null for Monday to Friday.</param>
/// <param name="shift">Where to.</param>
/// <param name="zone">Whose days and times.</param>
internal sealed class BusinessDaySearch(Recurrence inner, Calendar? calendar, BusinessDay shift, Zone zone)
{
    // A year without a business day has none.
    private const int MaxGap = 366;
    private const int MaxDays = 200_000;

    /// <summary>The first instant later than this one; null when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var first = after.Year < CronSearch.FirstYear ? new DateOnly(CronSearch.FirstYear, 1, 1) : DateOnly.FromDateTime(zone.ToLocal(after).DateTime);
        var date = FromThere(first);
        for (var count = 0; count < MaxDays && date.Year <= CronSearch.LastYear; count++)
        {
            if (On(date, after) is { } found) return found;
            if (Skip(date) is not { } later) return null;
            date = later;
        }

        return null;
    }

    /// <summary>The first business day at or after a day; one beyond the last year when there is none.</summary>
    private DateOnly FromThere(DateOnly date)
    {
        while (!Workdays.Is(calendar, date) && date.Year <= CronSearch.LastYear) date = date.AddDays(1);
        return date;
    }

    /// <summary>The next business day onto which anything is moved, or that has anything itself.</summary>
    private DateOnly? Skip(DateOnly date)
    {
        var source = LastSourceOf(date).AddDays(1);
        if (inner.Next(BeginOf(source).AddTicks(-1), zone) is not { } next) return null;
        var found = DateOnly.FromDateTime(zone.ToLocal(next).DateTime);
        var target = TargetOf(found) ?? FromThere(found);
        return target > date ? target : FromThere(date.AddDays(1));
    }

    private DateTimeOffset BeginOf(DateOnly date) => zone.ToInstant(date.ToDateTime(TimeOnly.MinValue), default)!.Value;

    /// <summary>The earliest instant on a business day, later than this one, of all the days that are moved onto it.</summary>
    private DateTimeOffset? On(DateOnly date, DateTimeOffset after)
    {
        DateTimeOffset? earliest = null;
        for (var source = FirstSourceOf(date); source <= LastSourceOf(date); source = source.AddDays(1))
        {
            if (First(source, date, after) is { } found && (earliest is null || found < earliest)) earliest = found;
        }

        return earliest;
    }

    private DateTimeOffset? First(DateOnly source, DateOnly date, DateTimeOffset after)
    {
        var days = date.DayNumber - source.DayNumber;
        var from = days == 0 ? after : EarlierBy(days, after);
        var begin = BeginOf(source).AddTicks(-1);
        for (var next = inner.Next(begin > from ? begin : from, zone); next is not null; next = inner.Next(from, zone))
        {
            var local = zone.ToLocal(next.Value).DateTime;
            if (DateOnly.FromDateTime(local) != source) return null;
            var moved = days == 0 ? next.Value : zone.ToInstant(local.AddDays(days), inner.Changes)?.ToUniversalTime();
            if (moved > after && calendar?.Contains(moved.Value, zone) != false) return moved;
            from = days == 0 && moved > after && calendar!.Leap(next.Value, zone) is { } leap && leap > moved ? leap.AddTicks(-1) : next.Value;
        }

        return null;
    }

    // Clocks may have been changed between the two days: some hours more cost nothing.
    private DateTimeOffset EarlierBy(int days, DateTimeOffset after)
    {
        var local = zone.ToLocal(after).DateTime;
        var isEarly = local.Ticks < (days + 2) * TimeSpan.TicksPerDay;
        return isEarly ? DateTimeOffset.MinValue : zone.ToInstant(local.AddDays(-days).AddHours(-3), default)!.Value;
    }

    /// <summary>The first of the days that are moved onto a business day; itself where there is none.</summary>
    private DateOnly FirstSourceOf(DateOnly date)
    {
        var first = date;
        while (!Workdays.Is(calendar, first.AddDays(-1)) && TargetOf(first.AddDays(-1)) == date) first = first.AddDays(-1);
        return first;
    }

    /// <summary>The last of them.</summary>
    private DateOnly LastSourceOf(DateOnly date)
    {
        var last = date;
        while (!Workdays.Is(calendar, last.AddDays(1)) && TargetOf(last.AddDays(1)) == date) last = last.AddDays(1);
        return last;
    }

    /// <summary>Where a day is moved to; itself for a business day, null where there is none near.</summary>
    private DateOnly? TargetOf(DateOnly date)
    {
        for (var days = 0; days <= MaxGap; days++)
        {
            var (isAfter, isBefore) = (Workdays.Is(calendar, date.AddDays(days)), Workdays.Is(calendar, date.AddDays(-days)));
            if (isAfter && shift != BusinessDay.Previous) return date.AddDays(days);
            if (isBefore && shift != BusinessDay.Next) return date.AddDays(-days);
        }

        return null;
    }
}
