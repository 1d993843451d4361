using Carillon.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Carillon.Generators.Reading;

/// <summary>Reads how a handler's class is made from the host's services.</summary>
internal sealed class ConstructorReader(List<Problem> problems)
{
    private const string Chosen = "Microsoft.Extensions.DependencyInjection.ActivatorUtilitiesConstructorAttribute";
    private const string Keyed = "Microsoft.Extensions.DependencyInjection.FromKeyedServicesAttribute";

    /// <summary>The constructor's parameters; null where there is no such constructor.</summary>
    public EquatableArray<ServiceModel>? Read(INamedTypeSymbol type, Place? place)
    {
        var constructor = Choose(type, out var fault);
        fault ??= constructor!.Parameters.Select(FaultOf).FirstOrDefault(static found => found is not null);
        if (fault is null)
        {
            return new EquatableArray<ServiceModel>(constructor!.Parameters.Select(Read));
        }

        problems.Add(Problem.Of(Rules.Constructor, place, Names.Shown(type), fault));
        return null;
    }

    private static IMethodSymbol? Choose(INamedTypeSymbol type, out string? fault)
    {
        var reachable = type.InstanceConstructors.Where(IsReachable).ToList();
        var chosen = reachable.Where(static constructor => Has(constructor, Chosen)).ToList();
        chosen = chosen.Count > 0 ? chosen : reachable;
        fault = chosen.Count switch
        {
            0 => "it has no public or internal constructor",
            1 => null,
            var count => $"it has {count} constructors; mark one with [ActivatorUtilitiesConstructor]",
        };
        return fault is null ? chosen[0] : null;
    }

    // A record's copying constructor is nobody's way to begin.
    private static bool IsReachable(IMethodSymbol constructor) =>
        constructor.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal
        && !(constructor is { IsImplicitlyDeclared: true, Parameters: [{ } only] } && SymbolEqualityComparer.Default.Equals(only.Type, constructor.ContainingType));

    private static string? FaultOf(IParameterSymbol parameter) => Names.Of(parameter.Type) switch
    {
        _ when parameter.RefKind != RefKind.None => $"its constructor's parameter '{parameter.Name}' is passed by reference",
        Names.Context or Names.Token => $"its constructor asks for {Names.Shown(parameter.Type)}, which belongs to one attempt; take it as a parameter of the method",
        Names.Logger when parameter.Type is INamedTypeSymbol { IsGenericType: false } =>
            $"its constructor asks for ILogger; take ILogger<{parameter.ContainingType.Name}> there, or the attempt's ILogger as a parameter of the method",
        _ => null,
    };

    private static ServiceModel Read(IParameterSymbol parameter)
    {
        var key = parameter.GetAttributes().FirstOrDefault(static attribute => attribute.AttributeClass is { } type && Names.Of(type) == Keyed);
        return new ServiceModel(
            Names.Code(parameter.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)),
            key is { ConstructorArguments: [var given] } ? given.ToCSharpString() : null,
            Literal.OfDefault(parameter));
    }

    private static bool Has(ISymbol symbol, string attribute) => symbol.GetAttributes().Any(given => given.AttributeClass is { } type && Names.Of(type) == attribute);
}
