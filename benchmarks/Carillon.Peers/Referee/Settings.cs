using System.Globalization;

namespace Carillon.Peers.Referee;

/// <summary>What benchmarks/run hands over.</summary>
internal sealed record Settings
{
    public bool IsQuick { get; init; }

    /// <summary>Each row so many times; the median counts.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Only rows whose names begin so; all when empty.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Only these peers; all when empty.</summary>
    public IReadOnlyList<string> Among { get; init; } = [];

    /// <summary>The private server's port.</summary>
    public int Port { get; init; }

    /// <summary>Where the peers of npm stand.</summary>
    public string Peers { get; init; } = "";

    /// <summary>The built <c>carillon</c>.</summary>
    public string Program { get; init; } = "";

    /// <summary>The page that a whole run writes.</summary>
    public string Results { get; init; } = "";

    public static Settings Read(string[] args)
    {
        var given = args.Where(arg => arg.StartsWith("--", StringComparison.Ordinal)).Select(arg => arg[2..].Split('=', 2)).ToDictionary(pair => pair[0], pair => pair.ElementAtOrDefault(1) ?? "");
        var isQuick = given.ContainsKey("quick");
        return new Settings
        {
            IsQuick = isQuick,
            Rounds = given.TryGetValue("rounds", out var rounds) ? Number(rounds) : isQuick ? 1 : 5,
            Only = given.TryGetValue("only", out var only) ? only.Split(',', StringSplitOptions.RemoveEmptyEntries) : [],
            Among = given.TryGetValue("among", out var among) ? among.Split(',', StringSplitOptions.RemoveEmptyEntries) : [],
            Port = Number(given["port"]),
            Peers = given["peers"],
            Program = given["program"],
            Results = given["results"],
        };
    }

    /// <summary>A whole run, the only one whose figures are worth keeping.</summary>
    public bool IsWhole => !IsQuick && Only.Count == 0 && Among.Count == 0;

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
