namespace Carillon.EndToEnd.Tests.Running;

/// <summary>A directory of its own for one test.</summary>
internal sealed class TestDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("carillon-e2e-");

    public string Root => _directory.FullName;

    public string Database => PathOf("carillon.db");

    public Oracle Oracle => new(PathOf("oracle.log"));

    public string PathOf(string name) => Path.Combine(Root, name);

    public void Dispose() => _directory.Delete(recursive: true);
}
