using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Carillon.Postgres;
using Carillon.Server.Bench;
using Carillon.Server.Cli;
using Carillon.Server.Serving;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon bench</c></summary>
internal static class BenchVerb
{
    private static readonly Option<int> Jobs = new("--jobs") { Description = "How many jobs the throughput figures take", HelpName = "COUNT", DefaultValueFactory = _ => 100_000 };
    private static readonly Option<string[]> Only = new("--only")
    {
        Description = $"Only these: {string.Join(", ", BenchRunner.Names)}",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Directory = new("--directory") { Description = "Where the files of the measurement stand meanwhile; a temporary directory unless said", HelpName = "PATH" };

    private static readonly Option<string?> Store = new("--store") { Description = "A PostgreSQL database to measure on, postgres://USER@HOST/DATABASE; files unless said", HelpName = "STORE" };

    public static Verb Make()
    {
        Only.AcceptOnlyFromAmong([.. BenchRunner.Names]);
        return new Verb("bench", "Measure this machine: throughput, pick-up, precision, many schedules, start. Needs no server; takes about a minute", "carillon bench --only throughput pickup --json")
            .With(Jobs, Only, Directory, Store).Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        var jobs = session.Get(Jobs);
        if (jobs is < 2_000 or > 10_000_000)
        {
            session.Terminal.Note($"--jobs ({jobs}) must be from 2000 to 10000000.");
            return Exit.BadInput;
        }

        var directory = Path.Combine(session.Get(Directory) ?? Path.GetTempPath(), $"carillon-bench-{Environment.ProcessId}");
        await using var stores = new BenchStores(directory, Given(session));
        var report = await BenchRunner.RunAsync(stores, jobs, session.Get(Only) ?? [], result =>
        {
            if (!session.IsJson)
            {
                session.Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{result.Name,-46} {result.Value,12:N2} {result.Unit,-7} {result.Note}"));
            }
        });
        return session.Answer(JsonSerializer.SerializeToElement(report, BenchJson.Default.BenchReport), _ => session.Terminal.Line($"{report.Machine}; {report.Store}"));
    }

    private static PostgresStoreOptions? Given(Session session)
    {
        if (session.Get(Store) is not { } given)
        {
            return null;
        }

        var choice = StoreChoice.Parse(given, out var fault) ?? throw new CliException(Exit.BadInput, fault!);
        return choice.Postgres ?? throw new CliException(Exit.BadInput, $"--store ({given}) must be postgres://USER@HOST/DATABASE; files are measured without it.");
    }
}
