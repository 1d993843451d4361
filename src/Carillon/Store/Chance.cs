namespace Carillon.Store;

/// <summary>The only source of chance: seeded, so that a seed replays a run. Not for secrets.</summary>
internal sealed class Chance
{
    private readonly Random _random;
    private readonly Lock _lock = new();

    public Chance() => _random = new Random();

    public Chance(int seed) => _random = new Random(seed);

    /// <summary>0 inclusive to 1 exclusive.</summary>
    public double NextDouble()
    {
        lock (_lock)
        {
            return _random.NextDouble();
        }
    }

    /// <summary>63 random bits.</summary>
    public long NextLong()
    {
        lock (_lock)
        {
            return _random.NextInt64();
        }
    }
}
