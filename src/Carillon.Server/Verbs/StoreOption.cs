using System.CommandLine;
using Carillon.Server.Cli;
using Carillon.Server.Serving;

namespace Carillon.Server.Verbs;

/// <summary><c>--store</c>, for the verbs that open a store themselves.</summary>
internal static class StoreOption
{
    private const string Variable = "CARILLON_STORE";

    public static Option<string> Store { get; } = new("--store")
    {
        Description = "Where the data is: sqlite:PATH, postgres://USER@HOST/DATABASE or memory; also " + Variable,
        HelpName = "STORE",
        DefaultValueFactory = _ => OfEnvironment ?? StoreChoice.Default,
    };

    private static string? OfEnvironment => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } store ? store : null;

    /// <summary>Whoever calls said which, by the option or by the environment.</summary>
    public static bool IsNamed(Session session) => session.IsGiven(Store) || OfEnvironment is not null;

    /// <summary>The file or the database that was chosen; memory has nothing to open.</summary>
    public static StoreChoice ChoiceOf(Session session)
    {
        var choice = StoreChoice.Parse(session.Get(Store)!, out var fault) ?? throw new CliException(Exit.BadInput, fault!);
        return choice is { Path: null, Postgres: null }
            ? throw new CliException(Exit.BadInput, "--store (memory) holds nothing once its server has ended; name a file or a database: --store sqlite:PATH.")
            : choice;
    }

    /// <summary>The database file that was chosen.</summary>
    public static string PathOf(Session session) => ChoiceOf(session).Path
        ?? throw new CliException(Exit.BadInput, "This verb is about files. A PostgreSQL database is backed up and restored by its own tools: pg_dump, pg_restore.");
}
