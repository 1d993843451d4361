namespace Carillon.EndToEnd.Tests.Running;

/// <summary>A program to start for a test.</summary>
internal sealed record ServerStart(string Program, IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the program stands; null for where it was built.</summary>
    public string? Directory { get; init; }

    /// <summary><c>carillon serve</c> on the file or <c>postgres://</c> address, on a free port of the loopback.</summary>
    public static ServerStart Serve(string database, params string[] more) =>
        new("Carillon.Server", ["serve", "--urls", "http://127.0.0.1:0", "--store", database.StartsWith("postgres:", StringComparison.Ordinal) ? database : $"sqlite:{database}", .. more]);

    /// <summary>The test host on the file or <c>postgres://</c> address, whose handlers write to the oracle.</summary>
    public static ServerStart Host(string database, string oracle, params string[] more) =>
        new("Carillon.TestHost", ["--urls", "http://127.0.0.1:0", "--store", database, "--oracle", oracle, .. more]);

    public ServerStart With(string name, string value) =>
        this with { Environment = new Dictionary<string, string>(Environment) { [name] = value } };

    /// <summary>The built program stands beside these tests' own directory, in the same configuration.</summary>
    public string ProgramPath
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(Directory ?? Path.Combine(own.Parent!.Parent!.FullName, Program, own.Name), $"{Program}.dll");
        }
    }
}
