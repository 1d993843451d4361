using System.Text;
using Carillon.Server.Configuration;
using Carillon.Server.Configuration.Yaml;
using Carillon.Store;

namespace Carillon.Server.Serving;

/// <summary>The configuration files of a server, read from disk.</summary>
internal sealed class ConfigFiles(IReadOnlyList<string> paths, ReadSchedule readSchedule)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public IReadOnlyList<string> Paths => paths;

    /// <summary>All files, or every fault of all of them.</summary>
    public IReadOnlyList<ConfigFile> ReadAll(out IReadOnlyList<FileFault> faults)
    {
        List<FileFault> found = [];
        List<ConfigFile> files = [];
        foreach (var path in paths)
        {
            if (Read(path, out var own) is { } file)
            {
                files.Add(file);
            }

            found.AddRange(own);
        }

        found.AddRange(Shared(files));
        faults = found;
        return files;
    }

    /// <summary>One file; null with what is wrong.</summary>
    public ConfigFile? Read(string path, out IReadOnlyList<FileFault> faults)
    {
        try
        {
            return ConfigFileReader.Read(path, File.ReadAllText(path, Strict), readSchedule, out faults);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var why = error is FileNotFoundException or DirectoryNotFoundException ? "is not there; name another with --config, or make it: schedules: []"
                : error is ArgumentException ? "is not UTF-8 text; save it as UTF-8" : $"cannot be read: {error.Message}";
            faults = [new FileFault(path, null, new Fault("", null, why))];
            return null;
        }
    }

    private static IEnumerable<FileFault> Shared(List<ConfigFile> files) =>
        files.GroupBy(file => file.Owner, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => new FileFault(
            same.Last().Path, new Place(1, 1),
            new Fault("owner", same.Key, $"is also the owner name of {same.First().Path}; give each file its own, such as owner: team-a")));
}
