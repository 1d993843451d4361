using Carillon.Generators.Emitting;
using Carillon.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>Finds names that are given twice in the assembly. Those of other assemblies are met when the host starts.</summary>
internal static class Duplicates
{
    public static IEnumerable<Problem> Of(IReadOnlyList<HandlerReading> all) =>
        Of(Rules.DuplicateName, all.Select(static reading => reading.Name).OfType<GivenName>())
            .Concat(Of(Rules.DuplicateSchedule, all.SelectMany(static reading => reading.ScheduleNames)))
            .Concat(OfCalls(all));

    private static IEnumerable<Problem> Of(DiagnosticDescriptor rule, IEnumerable<GivenName> names) =>
        names.GroupBy(static name => name.Text, StringComparer.Ordinal).SelectMany(static same => same.Skip(1)).Select(name => Problem.Of(rule, name.Place, name.Text));

    private static IEnumerable<Problem> OfCalls(IReadOnlyList<HandlerReading> all) =>
        all.Where(static reading => reading is { Handler: not null, Name: not null })
            .GroupBy(static reading => CallsCode.Signature(reading.Handler!), StringComparer.Ordinal)
            .SelectMany(static same => same.Skip(1))
            .Select(static reading => Problem.Of(Rules.DuplicateCall, reading.Name!.Place, reading.Handler!.Call.Name));
}
