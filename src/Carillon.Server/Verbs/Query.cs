namespace Carillon.Server.Verbs;

/// <summary>A path with a query string; values that are null do not appear.</summary>
internal static class Query
{
    public static string Of(string path, params (string Name, object? Value)[] values)
    {
        var pairs = values.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString($"{pair.Value}")}").ToList();
        return pairs.Count == 0 ? path : $"{path}?{string.Join('&', pairs)}";
    }

    /// <summary>A name as one segment of a path.</summary>
    public static string Segment(string name) => Uri.EscapeDataString(name);
}
