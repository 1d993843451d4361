using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Cli;
using Carillon.Sqlite;
using Carillon.Sqlite.Native;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon db …</c>: the store's file, which all but the backup and the status want for themselves, or the schema of its database.</summary>
internal static class DatabaseVerbs
{
    private static readonly Option<int> To = new("--to") { Description = "The version of the schema to go down to; 0 leaves nothing", HelpName = "N", Required = true };
    private static readonly Argument<string> Target = new("file") { Description = "The backup to write; it must not exist" };
    private static readonly Argument<string> Source = new("file") { Description = "A file that `carillon db backup` wrote" };

    public static Verb Make() => new Verb("db", "The store's file or database: upgrade or downgrade its schema; back a file up, restore it").With(
        new Verb("upgrade", "Bring the schema up to date; `serve` does it by itself", "carillon db upgrade --store sqlite:./data/carillon.db").With(StoreOption.Store).Does(UpgradeAsync),
        new Verb("status", "The version of the schema, and the one that this program writes", "carillon db status").With(StoreOption.Store).Does(StatusAsync),
        new Verb("downgrade", "Take the schema down for an older program; what it has no place for is lost, so back up first", "carillon db downgrade --to 1").With(To, StoreOption.Store).Does(DowngradeAsync),
        new Verb("backup", "Write a whole, checked copy, also while the server runs", "carillon db backup backups/monday.db").With(Target, StoreOption.Store).Does(BackupAsync),
        new Verb("restore", "Put a backup in the place of the file, which is set aside as FILE.before-restore (-2, -3 …)", "carillon db restore backups/monday.db").With(Source, StoreOption.Store).Does(RestoreAsync));

    private static async Task<int> StatusAsync(Session session, CancellationToken cancellationToken)
    {
        var choice = StoreOption.ChoiceOf(session);
        var (version, newest) = choice.Postgres is { } postgres
            ? (await PostgresDatabase.VersionAsync(postgres, cancellationToken), Postgres.SchemaUpgrade.Newest)
            : (VersionOf(Existing(session)), Sqlite.SchemaUpgrade.Newest);
        return Done(session, new JsonObject { ["store"] = choice.ToString(), ["version"] = version, ["newest"] = newest },
            $"{choice}: the schema has version {version}; this program writes version {newest}.");
    }

    private static async Task<int> UpgradeAsync(Session session, CancellationToken cancellationToken)
    {
        if (StoreOption.ChoiceOf(session).Postgres is { } postgres)
        {
            var (from, to) = await PostgresDatabase.UpgradeAsync(postgres, cancellationToken);
            return Upgraded(session, "store", StoreOption.ChoiceOf(session).ToString(), (from, to));
        }

        var path = StoreOption.PathOf(session);
        var before = File.Exists(path) ? VersionOf(path) : 0;
        await using (await OfflineStore.OpenAsync(path, cancellationToken))
        {
            // Opening is the upgrade.
        }

        var after = VersionOf(path);
        return Upgraded(session, "file", path, (before, after));
    }

    private static int Upgraded(Session session, string kind, string name, (int From, int To) version) =>
        Done(session, new JsonObject { [kind] = name, ["from"] = version.From, ["to"] = version.To },
            version.From == version.To ? $"{name}: the schema has version {version.To}; there is nothing to do." : $"{name}: the schema went from version {version.From} to {version.To}.");

    private static async Task<int> DowngradeAsync(Session session, CancellationToken cancellationToken)
    {
        var to = session.Get(To);
        if (StoreOption.ChoiceOf(session) is { Postgres: { } postgres } choice)
        {
            await PostgresDatabase.DowngradeAsync(postgres, to, cancellationToken);
            return Done(session, new JsonObject { ["store"] = choice.ToString(), ["to"] = to }, $"{choice}: the schema has version {to} now.");
        }

        var path = Existing(session);
        var loss = await SqliteFiles.DowngradeAsync(new SqliteStoreOptions { Path = path }, to, cancellationToken);
        return Done(session, new JsonObject { ["file"] = path, ["to"] = to, ["paused"] = loss.Paused, ["dropped"] = loss.Dropped }, $"{path}: the schema has version {to} now; {Words(to, loss)}");
    }

    private static string Words(int to, in DowngradeLoss loss) =>
        to == 0 ? "nothing is left in the file."
        : loss == default ? "nothing was lost."
        : $"schedules paused: {loss.Paused} (`carillon schedule show NAME` tells why), calendars removed: {loss.Dropped}.";

    private static Task<int> BackupAsync(Session session, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var (path, target) = (Existing(session), Path.GetFullPath(session.Get(Target)));
            StoreFile.CheckHeader(path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            // Without the lock on purpose: a server may have it, and SQLite lets others read while it writes.
            using (var source = Database.Open(path))
            {
                source.Execute("pragma busy_timeout = 5000");
                SqliteFiles.Backup(source, target);
            }

            var bytes = new FileInfo(target).Length;
            return Done(session, new JsonObject { ["file"] = path, ["backup"] = target, ["bytes"] = bytes }, $"{target}: {bytes} bytes, checked whole.");
        },
        cancellationToken);

    private static async Task<int> RestoreAsync(Session session, CancellationToken cancellationToken)
    {
        var (path, source) = (StoreOption.PathOf(session), session.Get(Source));
        if (!File.Exists(source))
        {
            throw new CliException(Exit.NotFound, $"{source} is not there; give the path of a file written by `carillon db backup`.");
        }

        var aside = await SqliteFiles.RestoreAsync(source, new SqliteStoreOptions { Path = path }, cancellationToken);
        return Done(session, new JsonObject { ["file"] = path, ["setAside"] = aside }, aside is null ? $"{path}: restored." : $"{path}: restored; the file of before is {aside}.");
    }

    private static int VersionOf(string path)
    {
        StoreFile.CheckHeader(path);
        using var database = Database.Open(path);
        return Sqlite.SchemaUpgrade.VersionOf(database);
    }

    private static string Existing(Session session)
    {
        var path = StoreOption.PathOf(session);
        return File.Exists(path) ? path : throw new CliException(Exit.NotFound, $"{path} is not there; name the store with --store sqlite:PATH.");
    }

    private static int Done(Session session, JsonObject answer, string line) =>
        session.Answer(JsonSerializer.SerializeToElement(answer, CliJson.Default.JsonObject), _ => session.Terminal.Line(line));
}
