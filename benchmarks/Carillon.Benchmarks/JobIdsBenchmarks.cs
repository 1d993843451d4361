using BenchmarkDotNet.Attributes;
using Carillon.Store;

namespace Carillon.Benchmarks;

/// <summary>The making of an id.</summary>
[MemoryDiagnoser]
public class JobIdsBenchmarks
{
    private readonly JobIds _ids = new(TimeProvider.System, new Chance(1));

    [Benchmark]
    public Guid Next() => _ids.Next();
}
