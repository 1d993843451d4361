namespace Carillon.Language;

/// <summary>What a recurrence does when the clock goes forward or back. It touches no interval of elapsed time.</summary>
/// <param name="Gap">
/// For a local time that the clock skips; null for the default: <see cref="ClockGap.End"/> in the unix and cronos dialects and for a single
/// time, <see cref="ClockGap.Shift"/> in the quartz dialect.
/// </param>
/// <param name="Repeat">
/// For a local time that it shows twice; null for the default: <see cref="ClockRepeat.First"/> for fixed times, <see cref="ClockRepeat.Both"/>
/// for an interval expression, that is one with a star, a range or a step in the second, minute or hour.
/// </param>
public readonly record struct ClockChanges(ClockGap? Gap, ClockRepeat? Repeat);
