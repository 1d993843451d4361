using System.CommandLine;

namespace Carillon.Server.Cli;

/// <summary>Options that every verb understands.</summary>
internal static class CommonOptions
{
    public const string DefaultServer = "http://127.0.0.1:8000";

    public static Option<bool> Json { get; } = new("--json") { Description = "Answer with JSON, for scripts", Recursive = true };

    public static Option<string> Server { get; } = new("--server")
    {
        Description = "The running server; also CARILLON_SERVER",
        HelpName = "URL",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("CARILLON_SERVER") is { Length: > 0 } server ? server : DefaultServer,
    };

    public static Option<string?> Key { get; } = new("--key")
    {
        Description = "An API key; better CARILLON_KEY, which other users of the machine do not see",
        HelpName = "KEY",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("CARILLON_KEY"),
    };
}
