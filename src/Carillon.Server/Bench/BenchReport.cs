using System.Text.Json.Serialization;

namespace Carillon.Server.Bench;

/// <summary>What a run of <c>carillon bench</c> measured.</summary>
/// <param name="Version">The program's version.</param>
/// <param name="Machine">Processors, memory, system.</param>
/// <param name="Store">The store it ran on.</param>
/// <param name="Results">One row a figure.</param>
internal sealed record BenchReport(string Version, string Machine, string Store, IReadOnlyList<BenchResult> Results);

/// <summary>One figure.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Note">What it was measured on.</param>
internal sealed record BenchResult(string Name, double Value, string Unit, string Note);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
