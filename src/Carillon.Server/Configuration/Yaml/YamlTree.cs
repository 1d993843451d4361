namespace Carillon.Server.Configuration.Yaml;

/// <summary>A place in a file, both counted from 1.</summary>
internal readonly record struct Place(long Line, long Column)
{
    public override string ToString() => $"{Line}:{Column}";
}

/// <summary>A node of a YAML document with its place; a closed family.</summary>
internal abstract record YamlTree(Place At)
{
    /// <summary>One value. Plain ones (without quotes) may be numbers, booleans or null.</summary>
    internal sealed record Scalar(Place At, string Value, bool IsPlain) : YamlTree(At);

    /// <summary>A list.</summary>
    internal sealed record Sequence(Place At, IReadOnlyList<YamlTree> Items) : YamlTree(At);

    /// <summary>Names with values, in the order of the file.</summary>
    internal sealed record Mapping(Place At, IReadOnlyList<(Scalar Name, YamlTree Value)> Members) : YamlTree(At)
    {
        public YamlTree? Find(string name) => Members.LastOrDefault(member => member.Name.Value == name).Value;
    }
}
