namespace Carillon.Tests.Server;

/// <summary>A directory of a test's own, gone with it.</summary>
internal sealed class TestDirectory : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("carillon-").FullName;

    public string PathOf(string name) => Path.Combine(_path, name);

    public string Write(string name, string content)
    {
        File.WriteAllText(PathOf(name), content);
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
