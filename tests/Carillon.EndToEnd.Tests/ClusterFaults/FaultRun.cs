using System.Globalization;
using Carillon.EndToEnd.Tests.Checking;
using Xunit.Abstractions;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>A row of the fault matrix.</summary>
/// <param name="Number">Its number in docs/reliability.md.</param>
/// <param name="Name">What is done.</param>
/// <param name="Repeats">How often.</param>
internal sealed record Fault(string Number, string Name, int Repeats);

/// <summary>How long the fault tests of this run are, and where they write down what they found.</summary>
internal static class FaultRun
{
    public const string SeedName = "CARILLON_FAULT_SEED";
    private static readonly Lock Writing = new();

    /// <summary>Whole, as <c>./test faults --long</c> asks for it.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("CARILLON_LONG") == "1";

    /// <summary>The one of two that fits the run.</summary>
    public static T Pick<T>(T quick, T whole) => IsLong ? whole : quick;

    public static int NewSeed() =>
        int.TryParse(Environment.GetEnvironmentVariable(SeedName), CultureInfo.InvariantCulture, out var given) ? given : Environment.TickCount & 0xFFFFFF;

    /// <summary>A row of the table: for the test's output, and for the file that <c>CARILLON_FAULT_REPORT</c> names.</summary>
    public static void Report(ITestOutputHelper output, Fault fault, Verdict verdict, int seed, string remark)
    {
        var row = string.Create(CultureInfo.InvariantCulture, $"| {fault.Number} | {fault.Name} | {fault.Repeats} | {verdict.Operations:N0} | {verdict.Violations.Count} | {remark} | {seed} |");
        output.WriteLine(row);
        if (Environment.GetEnvironmentVariable("CARILLON_FAULT_REPORT") is { Length: > 0 } path)
        {
            lock (Writing)
            {
                File.AppendAllText(path, row + "\n");
            }
        }
    }
}
