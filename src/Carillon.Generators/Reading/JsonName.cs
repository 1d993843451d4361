namespace Carillon.Generators.Reading;

/// <summary>camelCase as System.Text.Json does it, so that parameters and members of records are named alike: <c>ID</c> is <c>id</c>, <c>IPAddress</c> is <c>ipAddress</c>.</summary>
internal static class JsonName
{
    public static string Of(string name)
    {
        var letters = name.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
        {
            var isEndOfRun = i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1]);
            if (!char.IsUpper(letters[i]) || isEndOfRun)
            {
                break;
            }

            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }
}
