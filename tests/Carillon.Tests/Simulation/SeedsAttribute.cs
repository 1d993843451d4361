using System.Globalization;
using System.Reflection;
using Xunit.Sdk;

namespace Carillon.Tests.Simulation;

/// <summary>Feeds seeds 0 … n−1 in blocks, so that thousands of seeds are a few dozen tests; <c>CARILLON_SEEDS</c> and <c>CARILLON_FIRST_SEED</c> widen or move the range.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SeedsAttribute(int count) : DataAttribute
{
    public const int Block = 100;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        var first = Read("CARILLON_FIRST_SEED", 0);
        var seeds = Read("CARILLON_SEEDS", count);
        for (var seed = first; seed < first + seeds; seed += Block)
        {
            yield return [seed, Math.Min(Block, first + seeds - seed)];
        }
    }

    private static int Read(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
