using System.Globalization;

namespace Carillon.Server.Cli;

/// <summary>A number and its noun: <c>1 fault</c>, <c>2 faults</c>.</summary>
internal static class Counted
{
    public static string Of(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
