using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Carillon.Server.Configuration.Yaml;

/// <summary>
/// Reads one YAML document into a tree. Aliases are understood within limits, so that a short file cannot grow into gigabytes: the
/// parser only hands out events, and depth, number of nodes and the size of what aliases repeat are counted as they come.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxLength = 4 * 1024 * 1024;
    private const int MaxDepth = 64;
    private const int MaxNodes = 200_000;
    private readonly Parser _parser;
    private readonly Dictionary<string, (YamlTree Tree, int Nodes)> _anchors = new(StringComparer.Ordinal);
    private int _nodes;

    private YamlReader(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>The document; null when the text holds none. Throws <see cref="YamlFaultException"/> at the first place that is not YAML.</summary>
    public static YamlTree? Read(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new YamlFaultException(new Place(1, 1), $"is longer than {MaxLength / 1024 / 1024} MB; split it into several files");
        }

        try
        {
            return new YamlReader(text).ReadDocument();
        }
        catch (YamlException error)
        {
            throw new YamlFaultException(PlaceOf(error.Start), Explain(text, error), error);
        }
    }

    private YamlTree? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        var tree = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        return _parser.Accept<DocumentStart>(out var second)
            ? throw new YamlFaultException(PlaceOf(second.Start), "a second document begins here; a configuration file holds one")
            : tree is YamlTree.Scalar { IsPlain: true, Value: "" } ? null : tree;
    }

    private YamlTree ReadNode(int depth)
    {
        var next = _parser.Current!;
        Count(1, next);
        if (depth > MaxDepth)
        {
            throw new YamlFaultException(PlaceOf(next.Start), $"is nested more than {MaxDepth} levels deep");
        }

        var (before, anchor) = (_nodes, next is NodeEvent { Anchor.IsEmpty: false } named ? named.Anchor.Value : null);
        var tree = next switch
        {
            AnchorAlias => ReadAlias(),
            SequenceStart => ReadSequence(depth),
            MappingStart => ReadMapping(depth),
            _ => ReadScalar(),
        };
        if (anchor is not null)
        {
            _anchors[anchor] = (tree, _nodes - before + 1);
        }

        return tree;
    }

    private YamlTree.Scalar ReadScalar()
    {
        var scalar = _parser.Consume<YamlDotNet.Core.Events.Scalar>();
        if (!scalar.Tag.IsEmpty && scalar.Tag.Value is not ("!" or "tag:yaml.org,2002:str"))
        {
            throw new YamlFaultException(PlaceOf(scalar.Start), $"has the tag {scalar.Tag.Value}; tags are not used here, leave it out");
        }

        return new YamlTree.Scalar(PlaceOf(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty);
    }

    // The repeated nodes count each time, as if they had been written out.
    private YamlTree ReadAlias()
    {
        var alias = _parser.Consume<AnchorAlias>();
        if (!_anchors.TryGetValue(alias.Value.Value, out var meant))
        {
            throw new YamlFaultException(PlaceOf(alias.Start),
                $"*{alias.Value.Value} is an alias, but nothing before it is marked &{alias.Value.Value}; if text is meant (a cron expression that begins with *), put it in quotes");
        }

        Count(meant.Nodes, alias);
        return meant.Tree;
    }

    private YamlTree.Sequence ReadSequence(int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        List<YamlTree> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new YamlTree.Sequence(PlaceOf(start.Start), items);
    }

    private YamlTree.Mapping ReadMapping(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        List<(YamlTree.Scalar, YamlTree)> members = [];
        List<YamlTree> merged = [];
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var name = ReadNode(depth + 1) as YamlTree.Scalar ?? throw new YamlFaultException(PlaceOf(start.Start), "has a member whose name is not text");
            var value = ReadNode(depth + 1);
            if (name is { IsPlain: true, Value: "<<" })
            {
                merged.Add(value);
            }
            else
            {
                members.Add((name, value));
            }
        }

        return new YamlTree.Mapping(PlaceOf(start.Start), Merge(members, merged));
    }

    // "<<: *base": the members of the other mapping, where this one does not say itself.
    private static List<(YamlTree.Scalar, YamlTree)> Merge(List<(YamlTree.Scalar Name, YamlTree)> members, List<YamlTree> merged)
    {
        foreach (var other in merged.SelectMany(tree => tree is YamlTree.Sequence list ? list.Items : [tree]))
        {
            if (other is not YamlTree.Mapping mapping)
            {
                throw new YamlFaultException(other.At, "<< takes a mapping, such as <<: *base");
            }

            var said = members.Select(member => member.Name.Value).ToHashSet(StringComparer.Ordinal);
            members.AddRange(mapping.Members.Where(member => !said.Contains(member.Name.Value)));
        }

        return members;
    }

    private void Count(int nodes, ParsingEvent at)
    {
        if ((_nodes += nodes) > MaxNodes)
        {
            throw new YamlFaultException(PlaceOf(at.Start), string.Create(CultureInfo.InvariantCulture, $"has more than {MaxNodes} nodes with its aliases written out; a configuration file has no use for so many"));
        }
    }

    private static string Explain(string text, YamlException error)
    {
        var line = text.Split('\n').ElementAtOrDefault((int)Math.Max(0, error.Start.Line - 1)) ?? "";
        var hint = line.Contains('\t', StringComparison.Ordinal) ? "; the line holds a tab, YAML is indented with blanks"
            : line.Contains(": *", StringComparison.Ordinal) ? "; text that begins with * (such as a cron expression) must be put in quotes"
            : "";
        return $"is not YAML: {error.Message.Split('\n')[0]}{hint}";
    }

    private static Place PlaceOf(Mark mark) => new(Math.Max(1, mark.Line), Math.Max(1, mark.Column));
}
