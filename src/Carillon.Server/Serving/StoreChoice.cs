using Carillon.Hosting;
using Carillon.Postgres;

namespace Carillon.Server.Serving;

/// <summary>Where the data is, as <c>--store</c> says it: <c>sqlite:PATH</c>, <c>postgres://…</c> or <c>memory</c>.</summary>
/// <param name="Path">The database file; null for the other stores.</param>
/// <param name="Postgres">The database server; null for the other stores.</param>
internal sealed record StoreChoice(string? Path, PostgresStoreOptions? Postgres = null)
{
    public const string Default = "sqlite:./data/carillon.db";
    private const string Prefix = "sqlite:";

    /// <summary>The choice; null with the fault when the text is none.</summary>
    public static StoreChoice? Parse(string text, out string? fault)
    {
        fault = null;
        if (text == "memory")
        {
            return new StoreChoice((string?)null);
        }

        if (PostgresAddress.IsOne(text))
        {
            return ParsePostgres(text, out fault);
        }

        if (text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length && !text.Contains('\0', StringComparison.Ordinal))
        {
            return new StoreChoice(text[Prefix.Length..]);
        }

        var hint = text.EndsWith(".db", StringComparison.Ordinal) ? $" Did you mean sqlite:{text}?" : "";
        fault = $"--store ({text}) must be sqlite:PATH, such as {Default}, postgres://USER@HOST/DATABASE, or memory.{hint}";
        return null;
    }

    /// <summary>Makes it the store of the host.</summary>
    /// <param name="carillon">The host's scheduler.</param>
    /// <param name="settings">The host's settings, asked when the store is made; none for the store's own.</param>
    public void Use(CarillonBuilder carillon, Func<CarillonOptions>? settings = null) => _ =
        Postgres is { } postgres ? carillon.UsePostgres(postgres.ConnectionString, options => Set(options, postgres, settings?.Invoke()))
        : Path is { } path ? carillon.UseSqlite(path, sqlite => (sqlite.Readers, sqlite.Views) = (settings?.Invoke().MaxConnections ?? sqlite.Readers, settings?.Invoke().SqlViews ?? sqlite.Views))
        : carillon.UseMemory();

    public override string ToString() =>
        Postgres is { } postgres ? DataSources.Describe(postgres.ConnectionString, postgres.Schema) : Path is null ? "memory" : Prefix + Path;

    private static void Set(PostgresStoreOptions options, PostgresStoreOptions chosen, CarillonOptions? settings) =>
        (options.Schema, options.DirectConnectionString, options.MaxConnections, options.Views) =
            (chosen.Schema, chosen.DirectConnectionString, settings?.MaxConnections ?? chosen.MaxConnections, settings?.SqlViews ?? chosen.Views);

    // The text is not shown: it may hold a password.
    private static StoreChoice? ParsePostgres(string text, out string? fault)
    {
        if (PostgresAddress.TryRead(text, out var options, out fault))
        {
            return new StoreChoice(null, options);
        }

        fault = $"--store (postgres://…) {fault}.";
        return null;
    }
}
