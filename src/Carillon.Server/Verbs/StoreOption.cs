using System.CommandLine;
using Carillon.Server.Cli;
using Carillon.Server.Serving;

namespace Carillon.Server.Verbs;

/// <summary><c>--store</c>, for the verbs that open a store themselves.</summary>
internal static class StoreOption
{
    public static Option<string> Store { get; } = new("--store")
    {
        Description = "Where the data is: sqlite:PATH or memory; also CARILLON_STORE",
        HelpName = "STORE",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("CARILLON_STORE") is { Length: > 0 } store ? store : StoreChoice.Default,
    };

    /// <summary>The database file that was chosen.</summary>
    public static string PathOf(Session session)
    {
        var choice = StoreChoice.Parse(session.Get(Store)!, out var fault) ?? throw new CliException(Exit.BadInput, fault!);
        return choice.Path ?? throw new CliException(Exit.BadInput, "--store (memory) holds nothing once its server has ended; this verb is about files: --store sqlite:PATH.");
    }
}
