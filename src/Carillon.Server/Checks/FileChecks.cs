using Carillon.AspNetCore.Shapes;
using Carillon.Server.Cli;
using Carillon.Server.Serving;
using Carillon.Sqlite;
using Carillon.Store;

namespace Carillon.Server.Checks;

/// <summary>What can be looked at without a server: configuration files, the store's file, the disk.</summary>
internal static class FileChecks
{
    private const long LittleSpace = 256L * 1024 * 1024;

    public static IEnumerable<Finding> Configuration(IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            if (new ConfigFiles([path], ScheduleBody.Read).Read(path, out var faults) is { } file)
            {
                yield return new Finding(Severity.Ok, path, $"has no fault; {Counted.Of(file.Schedules.Count, "schedule")} under the owner name '{file.Owner}'");
            }

            foreach (var fault in faults)
            {
                yield return new Finding(Severity.Trouble, path, fault.ToString(), "Mend the file; `carillon apply FILE --check` looks again.");
            }
        }
    }

    public static async Task<IReadOnlyList<Finding>> StoreAsync(string path, bool isServing, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        List<Finding> findings = [Space(full), Rights(full)];
        if (!File.Exists(full))
        {
            findings.Add(new Finding(Severity.Ok, path, "is not there yet; `carillon serve` makes it"));
        }
        else if (isServing)
        {
            findings.Add(new Finding(Severity.Ok, path, "is open in the running server, which checked it when it started; stop it to have every page checked"));
        }
        else
        {
            findings.Add(await SoundAsync(path, cancellationToken));
        }

        return findings;
    }

    private static async Task<Finding> SoundAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            StoreFile.CheckHeader(path);
            return await SqliteFiles.FindFaultAsync(new SqliteStoreOptions { Path = path }, cancellationToken) is { } fault
                ? new Finding(Severity.Trouble, path, $"is damaged: {fault}", "Restore a backup: carillon db restore FILE")
                : new Finding(Severity.Ok, path, "is sound, every page of it");
        }
        catch (StoreUnavailableException error)
        {
            return new Finding(Severity.Trouble, path, error.Message);
        }
    }

    private static Finding Space(string path)
    {
        var directory = ExistingParent(path);
        var free = new DriveInfo(directory).AvailableFreeSpace;
        return free < LittleSpace
            ? new Finding(Severity.Warning, directory, $"has {free / 1024 / 1024} MB left", "Free some space: when none is left the server takes no new job (507).")
            : new Finding(Severity.Ok, directory, $"has {free / 1024 / 1024 / 1024.0:0.0} GB left");
    }

    private static Finding Rights(string path)
    {
        var directory = ExistingParent(path);
        var probe = Path.Combine(directory, $".carillon-doctor-{Environment.ProcessId}");
        try
        {
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
                return new Finding(Severity.Ok, directory, "can be written to by this user");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Finding(Severity.Trouble, directory, $"cannot be written to by {Environment.UserName}: {error.Message}", "Give the server's user write access, or name another place with --store.");
        }
    }

    private static string ExistingParent(string path)
    {
        var directory = Path.GetDirectoryName(path);
        while (directory is { Length: > 0 } && !Directory.Exists(directory))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory is { Length: > 0 } found ? found : Path.GetPathRoot(path)!;
    }
}
