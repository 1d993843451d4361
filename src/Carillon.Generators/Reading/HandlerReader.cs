using Carillon.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>Reads one [Handles] on a method or a class, with all that is wrong with it.</summary>
internal sealed class HandlerReader
{
    private readonly List<Problem> _problems = [];
    private readonly AttributeReader _attribute;
    private readonly ISymbol _symbol;

    private HandlerReader(ISymbol symbol, AttributeReader attribute) => (_symbol, _attribute) = (symbol, attribute);

    public static HandlerReading Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new HandlerReader(context.TargetSymbol, new AttributeReader(context.Attributes[0])).Read();
    }

    private HandlerReading Read()
    {
        var options = new OptionsReader(_attribute, _problems);
        var (name, settings) = (options.ReadName(), options.Read());
        var method = _symbol as IMethodSymbol ?? FindMethod((INamedTypeSymbol)_symbol);
        var symbols = SymbolEqualityComparer.Default.Equals(method, _symbol) || method is null ? [_symbol] : new[] { _symbol, method };
        var (schedules, scheduleNames) = new ScheduleReader(_problems).Read(name ?? "", symbols);
        var handler = method is null ? null : ReadHandler(method, name ?? "", settings);
        if (handler is not null && schedules.Count > 0 && handler.Arguments.FirstOrDefault(static argument => argument.IsRequired) is { } argument)
        {
            _problems.Add(Problem.Of(Rules.ScheduledArguments, Place.Of(_symbol), name ?? "", argument.JsonName));
        }

        return new HandlerReading(handler is null || name is null ? null : handler with { Schedules = schedules }, new(_problems))
        {
            Name = name is null ? null : new GivenName(name, _attribute.FirstPlace),
            ScheduleNames = scheduleNames,
        };
    }

    private IMethodSymbol? FindMethod(INamedTypeSymbol type)
    {
        var suitable = SuitableMethods.Of(type).ToList();
        if (suitable.Count == 1)
        {
            return suitable[0];
        }

        _problems.Add(Problem.Of(Rules.NoMethod, _attribute.Place, Names.Shown(type), suitable.Count == 0 ? "none" : $"{suitable.Count} of them"));
        return null;
    }

    private HandlerModel? ReadHandler(IMethodSymbol method, string name, OptionsModel options)
    {
        var type = _symbol as INamedTypeSymbol ?? method.ContainingType;
        if (Reach.FaultOf(method, type) is { } fault)
        {
            _problems.Add(Problem.Of(Rules.Unreachable, _attribute.Place, method.Name, fault));
            return null;
        }

        var services = method.IsStatic ? new EquatableArray<ServiceModel>([]) : new ConstructorReader(_problems).Read(type, _attribute.Place);
        var parameters = new ParameterReader(_problems).Read(method);
        var result = new ResultReader(_problems).Read(method);
        if (services is null || parameters is null || result is null)
        {
            return null;
        }

        var target = new TargetModel(CodeNames.OfHandler(type, method), Names.Code(type), method.Name, method.IsStatic, services.Value);
        var call = CodeNames.OfCall(type, method, isWholeClass: _symbol is INamedTypeSymbol);
        return new HandlerModel(name, target, parameters.Value, result, call) { Options = options };
    }
}
