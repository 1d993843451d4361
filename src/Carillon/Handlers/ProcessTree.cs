using System.Diagnostics;
using System.Globalization;

namespace Carillon.Handlers;

/// <summary>
/// A program and all that it has started, as it stood at one instant: when the first one ends, the others no longer lead back to it.
/// Known by id and start time, so that a process that got an old id is not taken for it. Only Linux shows the tree; elsewhere it is the program alone.
/// </summary>
internal sealed class ProcessTree
{
    private readonly List<(int Id, ulong StartedAt)> _members;

    private ProcessTree(List<(int Id, ulong StartedAt)> members) => _members = members;

    public bool IsAlive => _members.Any(IsSame);

    public static ProcessTree Of(Process root)
    {
        var all = Directory.Exists("/proc/self") ? Directory.EnumerateDirectories("/proc").Select(path => Read(Path.GetFileName(path))).OfType<Entry>().ToList() : [];
        var children = all.ToLookup(entry => entry.Parent);
        var members = all.Where(entry => entry.Id == root.Id).ToList();
        for (var i = 0; i < members.Count; i++)
        {
            members.AddRange(children[members[i].Id]);
        }

        return new ProcessTree([.. members.Select(entry => (entry.Id, entry.StartedAt))]);
    }

    /// <summary>Sends the signal to those that still live; false where no tree is known.</summary>
    public bool Signal(int signal)
    {
        foreach (var member in _members.Where(IsSame))
        {
            // That it ended in this instant is what we want; that it is another's, because it changed its user, is not ours to change.
            _ = NativeMethods.SendSignal(member.Id, signal);
        }

        return _members.Count > 0;
    }

    private static bool IsSame((int Id, ulong StartedAt) member) =>
        Read(member.Id.ToString(CultureInfo.InvariantCulture)) is { IsZombie: false } now && now.StartedAt == member.StartedAt;

    // /proc/ID/stat: "id (name) state parent … starttime …"; the name may hold anything, so the last parenthesis counts.
    private static Entry? Read(string id)
    {
        if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new Entry(number, int.Parse(fields[1], CultureInfo.InvariantCulture), ulong.Parse(fields[19], CultureInfo.InvariantCulture), fields[0] is "Z" or "X");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked, which is an answer.
            return null;
        }
    }

    private sealed record Entry(int Id, int Parent, ulong StartedAt, bool IsZombie);
}
