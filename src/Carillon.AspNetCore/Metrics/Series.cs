namespace Carillon.AspNetCore.Metrics;

/// <summary>What was measured under one set of tags: a running sum, and for histograms how many fell under which bound.</summary>
internal sealed class Series(IReadOnlyList<double>? bounds)
{
    private readonly long[] _counts = bounds is null ? [] : new long[bounds.Count + 1];
    private double _sum;

    public double Sum => Volatile.Read(ref _sum);

    /// <summary>How many fell at or below each bound and below none, not yet added up.</summary>
    public IReadOnlyList<long> Counts => _counts;

    public void Add(double value)
    {
        if (bounds is not null)
        {
            Interlocked.Increment(ref _counts[Place(value)]);
        }

        var before = Volatile.Read(ref _sum);
        double found;
        while ((found = Interlocked.CompareExchange(ref _sum, before + value, before)) != before)
        {
            before = found;
        }
    }

    public void Set(double value) => Volatile.Write(ref _sum, value);

    private int Place(double value)
    {
        var place = 0;
        while (place < bounds!.Count && value > bounds[place])
        {
            place++;
        }

        return place;
    }
}
