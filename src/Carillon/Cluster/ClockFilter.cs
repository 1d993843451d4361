using Carillon.Store;

namespace Carillon.Cluster;

/// <summary>
/// Which of the last looks at the store's clock to go by. A look is right to half its round trip (Cristian, 1989), and less so as it ages,
/// so the one with the smallest bound wins: the clock filter of NTP (RFC 5905, section 10). Bounds that exclude each other mean that a
/// clock was stepped between: then the older look tells nothing any more.
/// </summary>
internal sealed class ClockFilter(TimeProvider machine)
{
    private const int Kept = 8;

    // As fast as time services slew a clock (500 ppm), this machine's one way and the store's the other.
    private const double Drift = 0.001;
    private readonly List<StoreTime> _looks = new(Kept + 1);

    /// <summary>Takes a further look, and says which one to go by from now on.</summary>
    public StoreTime Add(StoreTime look)
    {
        _looks.RemoveAll(old => Excludes(old, look));
        _looks.Add(look);
        if (_looks.Count > Kept)
        {
            _looks.RemoveAt(0);
        }

        return _looks.MinBy(old => Bound(old, look.Timestamp));
    }

    private bool Excludes(StoreTime old, StoreTime look)
    {
        var difference = look.Now - old.Now - machine.GetElapsedTime(old.Timestamp, look.Timestamp);
        return difference.Duration() > Bound(old, look.Timestamp) + (look.RoundTrip / 2);
    }

    private TimeSpan Bound(StoreTime look, long at) => (look.RoundTrip / 2) + (machine.GetElapsedTime(look.Timestamp, at).Duration() * Drift);
}
