namespace Carillon.Language;

/// <summary>What <see cref="ZoneSearch"/> does at a change of clocks, every default decided.</summary>
internal readonly record struct ClockRule(ClockGap Gap, ClockRepeat Repeat)
{
    /// <summary>The rule of an expression.</summary>
    /// <param name="changes">What the user chose.</param>
    /// <param name="isInterval">It goes on by elapsed time; else its times are fixed ones.</param>
    /// <param name="fixedGap">The default for fixed times.</param>
    /// <param name="intervalGap">What an interval does where the user did not choose to skip: <see cref="ClockGap.Shift"/> is elapsed time.</param>
    public static ClockRule Of(ClockChanges changes, bool isInterval, ClockGap fixedGap, ClockGap intervalGap)
    {
        var repeat = changes.Repeat ?? (isInterval ? ClockRepeat.Both : ClockRepeat.First);
        return isInterval && changes.Gap is null or ClockGap.End ? new ClockRule(intervalGap, repeat) : new ClockRule(changes.Gap ?? fixedGap, repeat);
    }
}
