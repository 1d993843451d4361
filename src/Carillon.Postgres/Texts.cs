namespace Carillon.Postgres;

/// <summary>What PostgreSQL's text cannot hold: the character of code 0, and halves of a pair.</summary>
internal static class Texts
{
    private const char Replacement = '\uFFFD';

    /// <summary>The text with what cannot be stored replaced; nearly always the text itself.</summary>
    public static string Storable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !IsPair(text, ref i)))
            {
                return Mend(text);
            }
        }

        return text;
    }

    private static bool IsPair(string text, ref int place) =>
        char.IsHighSurrogate(text[place]) && place + 1 < text.Length && char.IsLowSurrogate(text[++place]);

    private static string Mend(string text)
    {
        var mended = text.ToCharArray();
        for (var i = 0; i < mended.Length; i++)
        {
            var start = i;
            if (mended[i] == '\0' || (char.IsSurrogate(mended[i]) && !IsPair(text, ref i)))
            {
                (mended[start], i) = (Replacement, start);
            }
        }

        return new string(mended);
    }
}
