using System.Globalization;
using System.Text.Json.Nodes;
using Carillon.Store;

namespace Carillon.Server.Configuration.Yaml;

/// <summary>
/// The JSON that a tree stands for, by the core schema of YAML 1.2 (<c>no</c> and <c>12:30</c> are text, <c>true</c>, <c>null</c> and
/// numbers are not), and where each of its members was written.
/// </summary>
internal sealed class YamlJson
{
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly List<(Place, Fault)> _faults = [];

    private YamlJson() { }

    public JsonNode? Root { get; private set; }

    /// <summary>Members that are given twice.</summary>
    public IReadOnlyList<(Place At, Fault Fault)> Faults => _faults;

    public static YamlJson Of(YamlTree tree, string path)
    {
        var json = new YamlJson();
        json.Root = json.Convert(tree, path);
        return json;
    }

    /// <summary>Where a member stands; of a member that is not there, where its parent stands.</summary>
    public Place? PlaceOf(string path)
    {
        for (var at = path; at.Length > 0; at = at[..Math.Max(0, at.LastIndexOfAny(['.', '[']))])
        {
            if (_places.TryGetValue(at, out var place))
            {
                return place;
            }
        }

        return _places.TryGetValue("", out var root) ? root : null;
    }

    private JsonNode? Convert(YamlTree tree, string path)
    {
        _places.TryAdd(path, tree.At);
        return tree switch
        {
            YamlTree.Mapping mapping => ConvertMapping(mapping, path),
            YamlTree.Sequence sequence => new JsonArray([.. sequence.Items.Select((item, index) => Convert(item, $"{path}[{index}]"))]),
            YamlTree.Scalar scalar => ConvertScalar(scalar),
            _ => null,
        };
    }

    private JsonObject ConvertMapping(YamlTree.Mapping mapping, string path)
    {
        var json = new JsonObject();
        foreach (var (name, value) in mapping.Members)
        {
            var place = path.Length == 0 ? name.Value : $"{path}.{name.Value}";
            if (json.ContainsKey(name.Value))
            {
                _faults.Add((name.At, new Fault(place, null, "is given twice; keep one of them")));
                continue;
            }

            _places.TryAdd(place, name.At);
            json[name.Value] = Convert(value, place);
        }

        return json;
    }

    private static JsonValue? ConvertScalar(YamlTree.Scalar scalar) => scalar switch
    {
        { IsPlain: false } => JsonValue.Create(scalar.Value),
        { Value: "" or "~" or "null" or "Null" or "NULL" } => null,
        { Value: "true" or "True" or "TRUE" } => JsonValue.Create(true),
        { Value: "false" or "False" or "FALSE" } => JsonValue.Create(false),
        _ when !IsNumeric(scalar.Value) => JsonValue.Create(scalar.Value),
        _ when long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(scalar.Value, Decimal, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(scalar.Value),
    };

    // Digits, a point, an exponent: neither hexadecimal nor "infinity" is a number here.
    private static bool IsNumeric(string text) => text.Any(char.IsAsciiDigit) && text.All(letter => char.IsAsciiDigit(letter) || letter is '+' or '-' or '.' or 'e' or 'E');

    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
}
