using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// A database as a URL names it: <c>postgres://user@host:5432/database?schema=carillon&amp;sslmode=require</c>. Where one server stands in
/// for another, all are named: <c>host-a:5432,host-b:5432</c>.
/// </summary>
internal static class PostgresAddress
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    public static bool IsOne(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>The settings that the URL says; false with the fault, which never shows a password.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out PostgresStoreOptions? options, [NotNullWhen(false)] out string? fault)
    {
        (options, fault) = (null, null);
        var (first, more) = SplitHosts(text);
        if (!Uri.TryCreate(first, UriKind.Absolute, out var url) || url.Host.Length == 0 || more.Any(host => !Uri.TryCreate($"postgres://{host}", UriKind.Absolute, out var other) || other.Host.Length == 0))
        {
            fault = "is no address of a database; write postgres://USER@HOST:5432/DATABASE";
            return false;
        }

        try
        {
            options = Read(url, more);
            return true;
        }
        catch (ArgumentException exception)
        {
            fault = $"holds a setting that is not known ({exception.Message.Split('\n')[0]}); behind the question mark stand schema and what Npgsql takes, such as sslmode=require";
            return false;
        }
    }

    // A URL has one host: the further ones are taken out of it.
    private static (string First, string[] More) SplitHosts(string text)
    {
        var begin = text.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        var end = text.AsSpan(begin).IndexOfAny('/', '?') is >= 0 and var length ? begin + length : text.Length;
        var at = text.LastIndexOf('@', end - 1, end - begin) is >= 0 and var sign ? sign + 1 : begin;
        var hosts = text[at..end].Split(',');
        return (text[..at] + hosts[0] + text[end..], hosts[1..]);
    }

    private static PostgresStoreOptions Read(Uri url, string[] more)
    {
        var options = new PostgresStoreOptions();
        var settings = new NpgsqlConnectionStringBuilder { Host = url.Host, Port = url.Port > 0 ? url.Port : 5432 };
        if (more.Length > 0)
        {
            settings.Host = string.Join(',', more.Select(host => host.Contains(':', StringComparison.Ordinal) ? host : $"{host}:5432").Prepend($"{url.Host}:{settings.Port}"));
            settings.Remove("Port");
        }

        var (user, direct) = (url.UserInfo.Split(':', 2), "");
        settings.Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : Environment.UserName;
        settings.Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null;
        settings.Database = url.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(url.AbsolutePath[1..]) : settings.Username;
        foreach (var (name, value) in Pairs(url.Query))
        {
            if (name == "schema")
            {
                options.Schema = value;
            }
            else if (name == "direct")
            {
                direct = value;
            }
            else
            {
                settings[name.Replace('_', ' ')] = value;
            }
        }

        options.ConnectionString = settings.ConnectionString;
        options.DirectConnectionString = direct.Length == 0 ? "" : Direct(settings, direct).ConnectionString;
        return options;
    }

    // The same database and user at another place: HOST, HOST:PORT, or HOST:PORT/DATABASE where the pooler's name for it is its own.
    private static NpgsqlConnectionStringBuilder Direct(NpgsqlConnectionStringBuilder settings, string place)
    {
        var url = Uri.TryCreate($"postgres://{place}", UriKind.Absolute, out var read) && read.Host.Length > 0 ? read : throw new ArgumentException($"direct={place} is no HOST:PORT");
        return new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Host = url.Host,
            Port = url.Port > 0 ? url.Port : 5432,
            Database = url.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(url.AbsolutePath[1..]) : settings.Database,
        };
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string query) =>
        from pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        let parts = pair.Split('=', 2)
        select (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
}
