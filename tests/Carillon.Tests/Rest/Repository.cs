namespace Carillon.Tests.Rest;

/// <summary>Finds files of the repository from where the tests run.</summary>
internal static class Repository
{
    public static string Path(string relative)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Carillon.slnx")))
        {
            folder = folder.Parent;
        }

        return System.IO.Path.Combine(folder?.FullName ?? throw new InvalidOperationException("The tests do not run below the repository."), relative);
    }
}
