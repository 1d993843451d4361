using System.Buffers;
using System.Text;

namespace Carillon.Outputs;

/// <summary>
/// Which files a schedule may name: whoever may write schedules must not thereby write anywhere. The check is of the text;
/// a symbolic link inside the base directory is the administrator's own door.
/// </summary>
internal static class OutputPath
{
    private const int MaxLength = 400;
    private static readonly SearchValues<char> Refused = SearchValues.Create("*?\"<>|");

    /// <summary>What is wrong with the path; null when nothing is.</summary>
    public static string? FaultOf(string path, bool allowAbsolute)
    {
        if (path.Length is 0 or > MaxLength)
        {
            return $"has {path.Length} characters; 1 to {MaxLength} are allowed";
        }

        if (path.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || Rune.IsControl(rune)) || path.AsSpan().ContainsAny(Refused))
        {
            return "has a control character or one of * ? \" < > |, which not every file system takes";
        }

        var parts = path.Split('/', '\\');
        if (parts.Any(part => part is ".." || part.EndsWith(' ')) || parts[^1] is "" or ".")
        {
            return "must name a file, and must not lead upwards (..)";
        }

        return allowAbsolute || !IsAbsolute(path) ? null : "must be relative: it stands under the server's output directory, and this server does not allow absolute paths";
    }

    /// <summary>The full path of a path without faults.</summary>
    public static string Resolve(string baseDirectory, string path) => Path.GetFullPath(path, Path.GetFullPath(baseDirectory));

    // What one system takes for a drive or a share another takes for a name: the stored schedule may move between them.
    private static bool IsAbsolute(string path) => Path.IsPathRooted(path) || path[0] is '/' or '\\' or '~' || (path.Length > 1 && path[1] == ':');
}
