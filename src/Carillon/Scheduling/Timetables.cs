using Carillon.Store;

namespace Carillon.Scheduling;

/// <summary>Keeps what was read of schedules' texts, so that a text is read once a version.</summary>
internal sealed class Timetables
{
    private const int Limit = 20_000;
    private readonly Dictionary<Guid, (long Version, Timetable Timetable)> _read = [];

    /// <summary>The schedule's timetable, or why it has none.</summary>
    public Timetable? Read(Schedule schedule, out string? error)
    {
        error = null;
        if (_read.TryGetValue(schedule.Id, out var known) && known.Version == schedule.Version) return known.Timetable;
        if (Timetable.Read(schedule, out error) is not { } timetable) return null;
        if (_read.Count >= Limit) _read.Clear();
        _read[schedule.Id] = (schedule.Version, timetable);
        return timetable;
    }
}
