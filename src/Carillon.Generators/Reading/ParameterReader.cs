using Carillon.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Carillon.Generators.Reading;

/// <summary>Reads a handler's parameters.</summary>
internal sealed class ParameterReader(List<Problem> problems)
{
    private static readonly ValueShape None = new(ValueKind.Value, "", false, false, "{}");

    /// <summary>All parameters; null where one cannot be fed.</summary>
    public EquatableArray<ParameterModel>? Read(IMethodSymbol method)
    {
        var before = problems.Count;
        var parameters = method.Parameters.Select(Read).ToList();
        CheckNames(method, parameters);
        if (parameters.Count(static parameter => parameter.Role == ParameterRole.Argument) == 1)
        {
            var only = parameters.FindIndex(static parameter => parameter.Role == ParameterRole.Argument);
            parameters[only] = parameters[only].Shape.Kind == ValueKind.Value ? parameters[only] with { Role = ParameterRole.Whole } : parameters[only];
        }

        return problems.Count == before && !method.Parameters.Any(static parameter => parameter.Type.TypeKind == TypeKind.Error)
            ? new EquatableArray<ParameterModel>(parameters) : null;
    }

    private ParameterModel Read(IParameterSymbol parameter)
    {
        var role = RoleOf(parameter.Type);
        var shape = role == ParameterRole.Argument ? ReadShape(parameter) : None;
        return new ParameterModel(Identifier(parameter.Name), JsonName.Of(parameter.Name), role, shape, Literal.OfDefault(parameter)) { JsonDefault = Literal.JsonOfDefault(parameter) };
    }

    private ValueShape ReadShape(IParameterSymbol parameter)
    {
        var shape = None;
        var fault = parameter.RefKind == RefKind.None ? null : "it is passed by reference, and a job's arguments are values; drop ref, out or in";
        if (fault is null && parameter.Type.TypeKind != TypeKind.Error)
        {
            _ = ShapeReader.TryRead(parameter.Type, out shape, out fault);
        }

        if (fault is not null)
        {
            problems.Add(Problem.Of(Rules.Parameter, Place.Of(parameter), parameter.Name, Names.Shown(parameter.Type), fault));
        }

        return shape;
    }

    private static ParameterRole RoleOf(ITypeSymbol type) => Names.Of(type) switch
    {
        Names.Token => ParameterRole.Token,
        Names.Context => ParameterRole.Context,
        Names.Logger when type is INamedTypeSymbol { IsGenericType: false } => ParameterRole.Logger,
        _ => ParameterRole.Argument,
    };

    private void CheckNames(IMethodSymbol method, List<ParameterModel> parameters)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters[i].Role == ParameterRole.Argument && !seen.Add(parameters[i].JsonName))
            {
                var parameter = method.Parameters[i];
                problems.Add(Problem.Of(Rules.Parameter, Place.Of(parameter), parameter.Name, Names.Shown(parameter.Type),
                    $"its member '{parameters[i].JsonName}' is that of another parameter too, for case does not matter; rename it"));
            }
        }
    }

    private static string Identifier(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
