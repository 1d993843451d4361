using System.Globalization;
using System.Text;

namespace Carillon.Server.Cli;

/// <summary>
/// Text that came from elsewhere (names, errors, log lines) made harmless for a terminal: control characters, line breaks and the
/// marks that reverse the reading direction are shown as escapes, so that no job can forge a line or move the cursor.
/// </summary>
internal static class Plain
{
    public static string Text(string text) => text.Any(IsHarmful) ? Escaped(text) : text;

    /// <summary>The same for JSON over several lines, where control characters can stand only inside of strings and are escaped there already.</summary>
    public static string Json(string json) => string.Concat(json.Select(letter => letter is not '\n' and not '\r' && IsHarmful(letter) ? $"\\u{(int)letter:x4}" : letter.ToString()));

    private static string Escaped(string text)
    {
        var plain = new StringBuilder(text.Length + 16);
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '\n' => plain.Append(@"\n"),
                '\r' => plain.Append(@"\r"),
                '\t' => plain.Append(@"\t"),
                _ when IsHarmful(letter) => plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => plain.Append(letter),
            };
        }

        return plain.ToString();
    }

    private static bool IsHarmful(char letter) =>
        char.IsControl(letter) || letter is '\u2028' or '\u2029' or '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
