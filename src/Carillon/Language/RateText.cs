using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Carillon.Language;

/// <summary>
/// Rates as people write them: <c>10/1m</c> (ten a minute, evenly spaced), <c>100/1h burst 20</c> (and up to twenty at once after a pause),
/// <c>5/s</c> (a unit alone is one of it).
/// </summary>
internal static class RateText
{
    private const int Most = 1_000_000;
    private const int MostBurst = 100_000;
    private const string Examples = "a rate such as 10/1m, 100/1h burst 20 or 5/s";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>Reads a rate; says what is wrong with one that is none.</summary>
    public static bool TryParse(string? text, out (int Count, TimeSpan Per, int Burst) rate, [NotNullWhen(false)] out string? fault)
    {
        rate = default;
        var parts = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var slash = parts.Length is 1 or 3 ? parts[0].IndexOf('/', StringComparison.Ordinal) : -1;
        if (slash < 0 || (parts.Length == 3 && !parts[1].Equals("burst", StringComparison.OrdinalIgnoreCase)))
        {
            fault = $"must be {Examples}";
            return false;
        }

        var (per, burst) = (TimeSpan.Zero, 1);
        fault = ReadCount(parts[0][..slash], "how many", Most, out var count) ?? ReadPer(parts[0][(slash + 1)..], out per)
            ?? (parts.Length == 3 ? ReadCount(parts[2], "the burst", MostBurst, out burst) : null);
        rate = (count, per, burst);
        return fault is null;
    }

    /// <summary>The one way in which a rate is written back.</summary>
    public static string Format(int count, TimeSpan per, int burst) =>
        string.Create(CultureInfo.InvariantCulture, $"{count}/{Durations.Format(per)}{(burst > 1 ? $" burst {burst}" : "")}");

    private static string? ReadCount(string text, string what, int most, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= 1 && count <= most
            ? null
            : $"{what} ('{Shown.Of(text)}') must be a whole number from 1 to {most}; write {Examples}";

    private static string? ReadPer(string text, out TimeSpan per) =>
        Durations.TryParse(text.Length > 0 && char.IsAsciiLetter(text[0]) && text[0] is not ('P' or 'p') ? $"1{text}" : text, out per, out var error) ? CheckPer(text, per)
            : $"the time behind the slash cannot be read: {error.Message}; write {Examples}";

    private static string? CheckPer(string text, TimeSpan per) => per > TimeSpan.Zero && per <= Longest
        ? null
        : $"the time behind the slash ('{Shown.Of(text)}') must be more than 0s and at most 31d";
}
