namespace Carillon.Store;

/// <summary>The only source of chance: seeded, so that a seed replays a run. Not for secrets.</summary>
internal sealed class Chance
{
    private readonly Random _random;
    private readonly Lock _lock = new();
    private double? _always;

    public Chance() => _random = new Random();

    public Chance(int seed) => _random = new Random(seed);

    /// <summary>Every share is a half, so that jitter moves nothing; bits still differ.</summary>
    public static Chance Middle(int seed) => new(seed) { _always = 0.5 };

    /// <summary>0 inclusive to 1 exclusive.</summary>
    public double NextDouble()
    {
        lock (_lock)
        {
            return _always ?? _random.NextDouble();
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
