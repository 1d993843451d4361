using System.Globalization;
using System.Reflection;
using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>Brings a file to a version of the schema, up or down, each step in one transaction. The version stands in <c>user_version</c>.</summary>
internal static class SchemaUpgrade
{
    private static readonly Assembly Here = typeof(SchemaUpgrade).Assembly;

    /// <summary>The version that this program writes.</summary>
    public static int Newest { get; } = Here.GetManifestResourceNames().Count(name => name.EndsWith(".up.sql", StringComparison.Ordinal));

    public static Version Program => Here.GetName().Version ?? new Version(0, 0);

    public static int VersionOf(Database database) => (int)database.Count("pragma user_version");

    /// <summary>Goes up to <see cref="Newest"/>. A newer file is used as it is, if it says that programs of this age may; else refused.</summary>
    public static void Upgrade(Database database)
    {
        var version = VersionOf(database);
        if (version > 0)
        {
            Admit(database, version);
        }

        for (; version < Newest; version++)
        {
            Step(database, $"{version + 1:0000}.up.sql", version + 1);
        }
    }

    /// <summary>Goes down to a version; 0 leaves nothing of ours.</summary>
    public static void Downgrade(Database database, int version)
    {
        var current = VersionOf(database);
        if (version < 0 || version > current || current > Newest)
        {
            throw new StoreUnavailableException(
                $"{database.Path} has schema version {current}; this program can take it down to any version from 0 to {Math.Min(current, Newest)}, not to {version}"
                + (current > Newest ? ", for it does not know the newer ones. Use the program that wrote the file." : "."));
        }

        for (; current > version; current--)
        {
            Step(database, $"{current:0000}.down.sql", current - 1);
        }
    }

    private static void Admit(Database database, int version)
    {
        using var row = database.Prepare("select value from meta where name = 'oldest_program'");
        var oldest = row.Read() ? row.Text(0) : "0.0";
        if (version > Newest && (!System.Version.TryParse(oldest, out var needed) || needed > Program))
        {
            throw new StoreUnavailableException(
                $"{database.Path} has schema version {version} and needs Carillon {oldest} or later; this is {Program} with version {Newest}. "
                + $"Use the newer program, or take the file down with its 'carillon db downgrade --to {Newest}'.");
        }
    }

    /// <summary>A script of the schema.</summary>
    public static string Read(string resource)
    {
        using var reader = new StreamReader(Here.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"The script {resource} is not in the assembly."));
        return reader.ReadToEnd();
    }

    private static void Step(Database database, string resource, int version)
    {
        var step = Read(resource);
        database.Execute("begin immediate");
        try
        {
            database.Execute(step);
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"pragma user_version = {version}"));
            database.Execute("commit");
        }
        finally
        {
            if (database.IsInTransaction)
            {
                database.Execute("rollback");
            }
        }
    }
}
