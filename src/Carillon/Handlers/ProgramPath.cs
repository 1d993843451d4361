namespace Carillon.Handlers;

/// <summary>
/// Finds a program as a shell would: a name in PATH, a path from the working directory. The runtime's own search looks into the server's
/// folder and the current directory first, where another could have put a program of that name.
/// </summary>
internal static class ProgramPath
{
    /// <summary>Where programs are looked for when nobody says.</summary>
    public const string Default = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>The program's full path; null when there is none that may be run. On Windows the operating system searches.</summary>
    public static string? Find(string program, string? workingDirectory, string? path)
    {
        if (OperatingSystem.IsWindows())
        {
            return program;
        }

        IEnumerable<string> candidates = program.Contains('/', StringComparison.Ordinal)
            ? [FullPath(program, workingDirectory)]
            : (path ?? Default).Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted).Select(directory => Path.Combine(directory, program));
        return candidates.FirstOrDefault(IsProgram);
    }

    /// <summary>Why <see cref="Find"/> found nothing.</summary>
    public static string Describe(string program, string? workingDirectory, string? path)
    {
        if (!program.Contains('/', StringComparison.Ordinal))
        {
            return $"the program '{program}' was not found in PATH ({path}); give its full path, or set PATH in environment";
        }

        var full = FullPath(program, workingDirectory);
        return File.Exists(full) ? $"the program '{full}' may not be run: it lacks the permission to execute (chmod +x)" : $"the program '{full}' does not exist, or is not a file";
    }

    private static string FullPath(string program, string? workingDirectory) => Path.GetFullPath(program, Path.GetFullPath(workingDirectory ?? "."));

    private static bool IsProgram(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
