namespace Carillon.Server.Configuration;

/// <summary>What is to become of one schedule when a file is applied.</summary>
internal enum ApplyAct
{
    /// <summary>The file says what it said before: nothing is written, a change by hand stays.</summary>
    Keep,

    /// <summary>New in the file, or missing under <c>--force</c>.</summary>
    Add,

    /// <summary>The file says something else than when it was last applied.</summary>
    Update,

    /// <summary>The file owns it and names it no more.</summary>
    Remove,

    /// <summary>It was deleted by hand and stays so until <c>--force</c>.</summary>
    LeaveDeleted,

    /// <summary>Another file, code or a person made it: not touched.</summary>
    Conflict,
}

/// <summary>One line of a plan.</summary>
/// <param name="Name">The schedule.</param>
/// <param name="Act">What is to become of it.</param>
/// <param name="HeldBy">With <see cref="ApplyAct.Conflict"/>: whose it is; null when made by hand.</param>
internal sealed record ApplyLine(string Name, ApplyAct Act, string? HeldBy = null);

/// <summary>What applying a file would do, and what is to be remembered of it.</summary>
/// <param name="Lines">By the file's order, then what goes.</param>
/// <param name="Remembered">Name and mark of each schedule that this file has applied.</param>
internal sealed record ApplyPlan(IReadOnlyList<ApplyLine> Lines, IReadOnlyDictionary<string, string> Remembered)
{
    public IEnumerable<string> Names(params ApplyAct[] acts) => Lines.Where(line => acts.Contains(line.Act)).Select(line => line.Name);
}

/// <summary>
/// The difference between a file and the store. Three things are held against each other: what the file says, what it said when it was
/// last applied, and what is there; so an operator's act is told from the file's own change, and stands until the file changes or force is used.
/// </summary>
internal static class ApplyRule
{
    /// <param name="file">The file.</param>
    /// <param name="remembered">What was remembered when it was last applied.</param>
    /// <param name="existing">Owner of each schedule that is there, of all names that the file, the memory and the owner's list know; null for none.</param>
    /// <param name="isForced">Deleted ones come back, changes by hand are undone.</param>
    public static ApplyPlan Plan(ConfigFile file, IReadOnlyDictionary<string, string> remembered, IReadOnlyDictionary<string, string?> existing, bool isForced)
    {
        List<ApplyLine> lines = [];
        Dictionary<string, string> memory = new(StringComparer.Ordinal);
        foreach (var schedule in file.Schedules)
        {
            var mark = remembered.GetValueOrDefault(schedule.Name);
            var line = LineOf(schedule, file.Owner, mark, existing, isForced);
            lines.Add(line);
            // One that another holds now was deleted by hand before: that is remembered, should the other let go of it.
            if (line.Act != ApplyAct.Conflict || mark is not null)
            {
                memory[schedule.Name] = schedule.Mark;
            }
        }

        var named = file.Schedules.Select(schedule => schedule.Name).ToHashSet(StringComparer.Ordinal);
        var gone = existing.Where(pair => pair.Value == file.Owner && !named.Contains(pair.Key)).Select(pair => pair.Key).Order(StringComparer.Ordinal);
        lines.AddRange(gone.Select(name => new ApplyLine(name, ApplyAct.Remove)));
        return new ApplyPlan(lines, memory);
    }

    private static ApplyLine LineOf(ConfigSchedule schedule, string owner, string? mark, IReadOnlyDictionary<string, string?> existing, bool isForced)
    {
        if (!existing.TryGetValue(schedule.Name, out var heldBy))
        {
            return new ApplyLine(schedule.Name, mark is null || isForced ? ApplyAct.Add : ApplyAct.LeaveDeleted);
        }

        // What the server made of itself is there to be taken over.
        if (heldBy == DefaultSchedules.Owner && owner != DefaultSchedules.Owner)
        {
            return new ApplyLine(schedule.Name, ApplyAct.Update);
        }

        if (heldBy != owner)
        {
            return new ApplyLine(schedule.Name, ApplyAct.Conflict, heldBy);
        }

        return new ApplyLine(schedule.Name, mark == schedule.Mark && !isForced ? ApplyAct.Keep : ApplyAct.Update);
    }
}
