using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Carillon.Generators.Model;

/// <summary>Something that is wrong, and where.</summary>
/// <param name="Rule">Which rule is broken.</param>
/// <param name="Place">Where.</param>
/// <param name="Arguments">What the rule's message names.</param>
internal sealed record Problem(DiagnosticDescriptor Rule, Place? Place, EquatableArray<string> Arguments)
{
    public static Problem Of(DiagnosticDescriptor rule, Place? place, params string[] arguments) => new(rule, place, new EquatableArray<string>(arguments));

    public Diagnostic ToDiagnostic() => Diagnostic.Create(Rule, Place?.ToLocation(), [.. Arguments]);
}

/// <summary>A place in the source. A Location itself holds on to the whole tree and never equals that of the next edit.</summary>
/// <param name="File">Which file.</param>
/// <param name="Span">Where in it.</param>
/// <param name="Lines">The same by lines.</param>
internal sealed record Place(string File, TextSpan Span, LinePositionSpan Lines)
{
    public static Place? Of(Location? location) =>
        location?.SourceTree is { } tree ? new Place(tree.FilePath, location.SourceSpan, location.GetLineSpan().Span) : null;

    public static Place? Of(SyntaxNode? node) => Of(node?.GetLocation());

    public static Place? Of(ISymbol symbol) => Of(symbol.Locations.FirstOrDefault());

    /// <summary>A part of it, on the same line.</summary>
    public Place Part(int begin, int length) => new(
        File,
        new TextSpan(Span.Start + begin, length),
        new LinePositionSpan(new LinePosition(Lines.Start.Line, Lines.Start.Character + begin), new LinePosition(Lines.Start.Line, Lines.Start.Character + begin + length)));

    public Location ToLocation() => Location.Create(File, Span, Lines);
}

/// <summary>A name that must be the only one of its kind in the assembly.</summary>
/// <param name="Text">The name.</param>
/// <param name="Place">Where it is given.</param>
internal sealed record GivenName(string Text, Place? Place);

/// <summary>What was read of one [Handles].</summary>
/// <param name="Handler">The handler; null where no code can be written for it.</param>
/// <param name="Problems">What is wrong with it.</param>
internal sealed record HandlerReading(HandlerModel? Handler, EquatableArray<Problem> Problems)
{
    /// <summary>The handler's name.</summary>
    public GivenName? Name { get; init; }

    /// <summary>The names of its schedules.</summary>
    public EquatableArray<GivenName> ScheduleNames { get; init; }
}
