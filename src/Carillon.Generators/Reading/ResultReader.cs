using Carillon.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>Reads what a handler returns.</summary>
internal sealed class ResultReader(List<Problem> problems)
{
    /// <summary>Null where it cannot be kept.</summary>
    public ResultModel? Read(IMethodSymbol method)
    {
        if (method is { ReturnsVoid: true, IsAsync: true })
        {
            problems.Add(Problem.Of(Rules.AsyncVoid, Place.Of(method), method.Name));
            return null;
        }

        var (type, isAwaited) = Unwrap(method.ReturnType);
        if (type is null || type.SpecialType == SpecialType.System_Void)
        {
            return new ResultModel(ResultKind.None, isAwaited, null);
        }

        return IsOutcome(type) ? new ResultModel(ResultKind.Outcome, isAwaited, null) : ReadValue(method, type, isAwaited);
    }

    private ResultModel? ReadValue(IMethodSymbol method, ITypeSymbol type, bool isAwaited)
    {
        if (ShapeReader.TryRead(type, out var shape, out var fault))
        {
            return type.TypeKind == TypeKind.Error ? null : new ResultModel(ResultKind.Value, isAwaited, shape);
        }

        problems.Add(Problem.Of(Rules.Result, Place.Of(method), method.Name, Names.Shown(type), fault!));
        return null;
    }

    private static (ITypeSymbol? Type, bool IsAwaited) Unwrap(ITypeSymbol type) => Names.Of(type) switch
    {
        "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask" => (((INamedTypeSymbol)type).TypeArguments.FirstOrDefault(), true),
        _ => (type, false),
    };

    private static bool IsOutcome(ITypeSymbol? type) => type is not null && (Names.Of(type) == Names.Outcome || IsOutcome(type.BaseType));
}
