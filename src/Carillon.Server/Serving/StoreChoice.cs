namespace Carillon.Server.Serving;

/// <summary>Where the data is, as <c>--store</c> says it: <c>sqlite:PATH</c> or <c>memory</c>.</summary>
/// <param name="Path">The database file; null for the memory store.</param>
internal sealed record StoreChoice(string? Path)
{
    public const string Default = "sqlite:./data/carillon.db";
    private const string Prefix = "sqlite:";

    /// <summary>The choice; null with the fault when the text is none.</summary>
    public static StoreChoice? Parse(string text, out string? fault)
    {
        fault = null;
        if (text == "memory")
        {
            return new StoreChoice((string?)null);
        }

        if (text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length && !text.Contains('\0', StringComparison.Ordinal))
        {
            return new StoreChoice(text[Prefix.Length..]);
        }

        var hint = text.EndsWith(".db", StringComparison.Ordinal) ? $" Did you mean sqlite:{text}?" : "";
        fault = $"--store ({text}) must be sqlite:PATH, such as {Default}, or memory.{hint}";
        return null;
    }

    public override string ToString() => Path is null ? "memory" : Prefix + Path;
}
