namespace Carillon.Server.Cli;

/// <summary>The known word that a mistyped one most likely meant.</summary>
internal static class Nearest
{
    /// <summary>The nearest of the known words, or null when none is near enough to be meant.</summary>
    public static string? Of(string given, IEnumerable<string> known)
    {
        var best = known.Select(word => (Word: word, Distance: Distance(Key(given), Key(word)))).OrderBy(pair => pair.Distance).FirstOrDefault();
        return best.Word is not null && best.Distance <= Math.Max(1, best.Word.Length / 3) ? best.Word : null;
    }

    // run_at, run-at and runAt are the same slip.
    private static string Key(string word) => word.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    private static int Distance(string from, string to)
    {
        if (from.Length > 64)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (from[i - 1] == to[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
