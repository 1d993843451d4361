namespace Carillon.Language;

/// <summary>A piece of a user's text, fit for a message: control characters masked, long ones cut.</summary>
internal static class Shown
{
    private const int Limit = 40;

    public static string Of(string text)
    {
        var shown = text.Length > Limit ? $"{text.Substring(0, Limit)}…" : text;
        foreach (var character in shown)
        {
            if (char.IsControl(character)) shown = shown.Replace(character, '�');
        }

        return shown;
    }
}
