namespace Carillon.Language;

/// <summary>The zone that stands before an expression: <c>CRON_TZ=Europe/Berlin 0 9 * * *</c>, or <c>TZ=</c>.</summary>
internal static class CronZone
{
    /// <summary>Finds it.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="id">Where the zone's id stands; empty when there is no prefix.</param>
    /// <param name="begin">Where the expression begins.</param>
    /// <returns>True when the text begins with a prefix.</returns>
    public static bool TryFind(string text, out (int At, int Length) id, out int begin)
    {
        begin = 0;
        id = default;
        while (begin < text.Length && IsBlank(text[begin])) begin++;
        if (begin == text.Length || (text[begin] | 0x20) is not ('c' or 't')) return false;
        var prefix = Begins(text, begin, "CRON_TZ=") ? 8 : Begins(text, begin, "TZ=") ? 3 : 0;
        if (prefix == 0) return false;
        var end = begin + prefix;
        while (end < text.Length && !IsBlank(text[end])) end++;
        id = (begin + prefix, end - begin - prefix);
        begin = end;
        return true;
    }

    private static bool Begins(string text, int at, string prefix) => string.Compare(text, at, prefix, 0, prefix.Length, StringComparison.OrdinalIgnoreCase) == 0;

    private static bool IsBlank(char character) => character is ' ' or '\t';
}
