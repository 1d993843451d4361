namespace Carillon.AspNetCore.Metrics;

/// <summary>The tags of one series.</summary>
internal sealed class Tags(KeyValuePair<string, object?>[] pairs)
{
    public KeyValuePair<string, object?>[] Pairs => pairs;
}

/// <summary>Finds a series by the tags of a measurement as they lie on the stack: a job pays no allocation for being measured.</summary>
internal sealed class TagsComparer : IEqualityComparer<Tags>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, Tags>
{
    public bool Equals(Tags? x, Tags? y) => x is not null && y is not null && Equals(x.Pairs.AsSpan(), y);

    public int GetHashCode(Tags obj) => GetHashCode(obj.Pairs.AsSpan());

    public Tags Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => new(alternate.ToArray());

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, Tags other)
    {
        if (alternate.Length != other.Pairs.Length)
        {
            return false;
        }

        for (var i = 0; i < alternate.Length; i++)
        {
            if (alternate[i].Key != other.Pairs[i].Key || !Equals(alternate[i].Value, other.Pairs[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
    {
        var hash = new HashCode();
        foreach (var pair in alternate)
        {
            hash.Add(pair.Key, StringComparer.Ordinal);
            hash.Add(pair.Value);
        }

        return hash.ToHashCode();
    }
}
