namespace Carillon.Language;

/// <summary>A set of years of the quartz dialect.</summary>
internal sealed class CronYears : IEquatable<CronYears>
{
    public const int First = 1970;
    public const int Last = 2199;
    private readonly bool[] _has = new bool[Last - First + 1];

    public bool Has(int year) => year is >= First and <= Last && _has[year - First];

    /// <summary>Only while it is read.</summary>
    public void Add(int low, int high, int step)
    {
        for (var year = low; year <= high; year += step) _has[year - First] = true;
    }

    /// <summary>All years restrict nothing.</summary>
    public bool IsAll => Array.TrueForAll(_has, has => has);

    /// <summary>The years, ascending.</summary>
    public IEnumerable<int> Each() => Enumerable.Range(First, _has.Length).Where(Has);

    public bool Equals(CronYears? other) => other is not null && _has.AsSpan().SequenceEqual(other._has);

    public override bool Equals(object? obj) => Equals(obj as CronYears);

    public override int GetHashCode() => Each().Aggregate(17, (hash, year) => unchecked((hash * 31) + year));
}
