namespace Carillon.Language;

/// <summary>How far two words are apart, and which word was meant.</summary>
internal static class Spelling
{
    private const int Longest = 64;

    /// <summary>The known name that was probably meant; null when none is near.</summary>
    public static string? Nearest(string given, IEnumerable<string> names) => given.Length > Longest
        ? null
        : names.Select(name => (Name: name, Distance: Distance(Plain(given), Plain(name))))
            .Where(found => found.Distance <= Math.Max(1, Math.Min(given.Length, found.Name.Length) / 3))
            .OrderBy(found => found.Distance).Select(found => found.Name).FirstOrDefault();

    /// <summary>How many letters must be put in, left out, changed or swapped with their neighbour; case does not matter.</summary>
    public static int Distance(string one, string other)
    {
        int[][] rows = [.. Enumerable.Range(0, one.Length + 1).Select(_ => new int[other.Length + 1])];
        for (var j = 1; j <= other.Length; j++) rows[0][j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            rows[i][0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = rows[i - 1][j - 1] + (IsSame(one[i - 1], other[j - 1]) ? 0 : 1);
                rows[i][j] = Math.Min(replaced, Math.Min(rows[i - 1][j], rows[i][j - 1]) + 1);
                var isSwapped = i > 1 && j > 1 && IsSame(one[i - 1], other[j - 2]) && IsSame(one[i - 2], other[j - 1]);
                if (isSwapped) rows[i][j] = Math.Min(rows[i][j], rows[i - 2][j - 2] + 1);
            }
        }

        return rows[one.Length][other.Length];
    }

    // run_at, RunAt and run-at all mean runAt.
    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    private static bool IsSame(char one, char other) => char.ToUpperInvariant(one) == char.ToUpperInvariant(other);
}
