namespace Carillon.Scheduling;

/// <summary>The instants of a schedule from its next one on. Finds, walks back and counts without visiting each: there may be millions.</summary>
internal readonly struct DueInstants(Timetable timetable, DateTimeOffset nextAt)
{
    /// <summary>The first at or after <paramref name="from"/> and not after <paramref name="to"/>.</summary>
    public DateTimeOffset? First(DateTimeOffset from, DateTimeOffset to)
    {
        var first = nextAt >= from ? nextAt : timetable.Next(from.AddTicks(-1));
        return first <= to ? first : null;
    }

    /// <summary>The last at or before <paramref name="to"/> and not before <paramref name="from"/>.</summary>
    public DateTimeOffset? Last(DateTimeOffset from, DateTimeOffset to)
    {
        // The next instant counts even where it is not on the timetable: the first after a pause, or by older zone data.
        var last = nextAt < to ? timetable.Last(nextAt, to) ?? nextAt : nextAt;
        return last >= from && last <= to ? last : null;
    }

    /// <summary>All of them between the two, both included; null when there is none.</summary>
    public Segment? Between(DateTimeOffset from, DateTimeOffset to)
    {
        if (First(from, to) is not { } first || Last(first, to) is not { } last) return null;
        var others = timetable.Count(first, last, SkippedFact.CountLimit);
        return new Segment(first, last, others + 1, others == SkippedFact.CountLimit);
    }

    /// <summary>Those between the two, oldest first.</summary>
    public List<DateTimeOffset> All(DateTimeOffset from, DateTimeOffset to)
    {
        var all = new List<DateTimeOffset>();
        for (var instant = First(from, to); instant <= to; instant = timetable.Next(instant.Value)) all.Add(instant.Value);
        return all;
    }

    /// <summary>The latest ones between the two, at most <paramref name="limit"/>, oldest first.</summary>
    public List<DateTimeOffset> Latest(DateTimeOffset from, DateTimeOffset to, int limit)
    {
        var latest = new List<DateTimeOffset>();
        for (var instant = Last(from, to); instant is not null && latest.Count < limit; instant = Last(from, instant.Value.AddTicks(-1))) latest.Add(instant.Value);
        latest.Reverse();
        return latest;
    }
}
