using Carillon.Language;
using NodaTime;

namespace Carillon.Tests.Language;

/// <summary>The instants of a <see cref="SlowCron"/>: each local time of each day, made instants by the zone library's own answer.</summary>
internal static class SlowInstants
{
    public static List<DateTimeOffset> Of(SlowCron cron, Zone zone, ClockChanges changes, string dialect, DateTimeOffset from, DateTimeOffset until)
    {
        var instants = new SortedSet<DateTimeOffset>();
        var times = cron.Times().ToList();
        for (var day = DateOnly.FromDateTime(from.UtcDateTime).AddDays(-2); day <= DateOnly.FromDateTime(until.UtcDateTime).AddDays(2); day = day.AddDays(1))
        {
            if (!cron.IsDay(day)) continue;
            foreach (var time in times)
            {
                var local = day.ToDateTime(default).AddSeconds(time);
                if (Math.Abs((local - from.UtcDateTime).TotalDays) > 2 && local > until.UtcDateTime.AddDays(2)) continue;
                instants.UnionWith(InstantsOf(local, zone, changes, dialect, cron.IsInterval).Where(instant => instant > from && instant <= until));
            }
        }

        return [.. instants];
    }

    private static IEnumerable<DateTimeOffset> InstantsOf(DateTime local, Zone zone, ClockChanges changes, string dialect, bool isInterval)
    {
        var mapping = zone.Rules.MapLocal(LocalDateTime.FromDateTime(local));
        if (mapping.Count == 0)
        {
            var gap = changes.Gap ?? (dialect == "quartz" ? ClockGap.Shift : ClockGap.End);
            if (gap == ClockGap.End && isInterval && dialect != "cronos") gap = ClockGap.Shift;
            if (gap == ClockGap.Shift) yield return new DateTimeOffset(local - mapping.EarlyInterval.WallOffset.ToTimeSpan(), TimeSpan.Zero);
            if (gap == ClockGap.End) yield return mapping.EarlyInterval.End.ToDateTimeOffset();
            yield break;
        }

        var repeat = changes.Repeat ?? (isInterval ? ClockRepeat.Both : ClockRepeat.First);
        if (mapping.Count == 1 || repeat != ClockRepeat.Last) yield return mapping.First().ToInstant().ToDateTimeOffset();
        if (mapping.Count == 2 && repeat != ClockRepeat.First) yield return mapping.Last().ToInstant().ToDateTimeOffset();
    }
}
