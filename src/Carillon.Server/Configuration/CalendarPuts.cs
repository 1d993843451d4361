using System.Security.Cryptography;
using System.Text;
using Carillon.Language;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.Server.Configuration;

/// <summary>
/// The calendars of a file, put before its schedules. Like those: what the file says anew is put, what a person changed since stays. One that it names no
/// more stays too, for a schedule made by hand may use it.
/// </summary>
internal static class CalendarPuts
{
    /// <summary>A digest of each: another mark, another will.</summary>
    public static IReadOnlyDictionary<string, string> Marks(ConfigFile file) =>
        file.Calendars.ToDictionary(pair => pair.Key, pair => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pair.Value)).AsSpan(0, 16)), StringComparer.Ordinal);

    /// <summary>There is something to put.</summary>
    public static bool Any(ConfigFile file, OwnerMemory memory, bool isForced) => Wanted(file, memory, isForced).Count > 0;

    /// <summary>Puts them, those first that others are combined with.</summary>
    public static async Task CarryOutAsync(ConfigFile file, OwnerMemory memory, bool isForced, CalendarClient calendars, Act act, CancellationToken cancellationToken)
    {
        var left = Wanted(file, memory, isForced);
        while (left.Count > 0)
        {
            var name = left.Find(each => !Calendar.NamesIn(file.Calendars[each]).Any(other => other != each && left.Contains(other))) ?? left[0];
            await calendars.PutAsync(name, file.Calendars[name], act, cancellationToken);
            left.Remove(name);
        }
    }

    private static List<string> Wanted(ConfigFile file, OwnerMemory memory, bool isForced) =>
        [.. Marks(file).Where(pair => isForced || memory.Calendars.GetValueOrDefault(pair.Key) != pair.Value).Select(pair => pair.Key)];
}
