using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>The test host with the PostgreSQL store of a later version: the same, with one step more of the schema (tests/Carillon.Postgres.Next).</summary>
internal static class NextVersion
{
    private const string Store = "Carillon.Postgres.dll";

    /// <summary>Puts its program into the directory.</summary>
    public static string MakeIn(string directory)
    {
        var host = Path.GetDirectoryName(ServerStart.Host("", "").ProgramPath)!;
        foreach (var file in Directory.EnumerateFiles(host, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(directory, Path.GetRelativePath(host, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var built = Path.Combine(host, "..", "..", "Carillon.Postgres.Next", Path.GetFileName(host), Store);
        File.Copy(built, Path.Combine(directory, Store), overwrite: true);
        return directory;
    }
}
