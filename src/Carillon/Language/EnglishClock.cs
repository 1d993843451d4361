namespace Carillon.Language;

/// <summary>
/// At which seconds of a day: the offsets in each step, between two bounds that are themselves such times. Fixed times are offsets in a step
/// of one day. A window past midnight belongs to the day on which it begins: its times go on after 86 400.
/// </summary>
internal sealed class EnglishClock : IEquatable<EnglishClock>
{
    /// <summary>The seconds of a day.</summary>
    public const int Day = 86_400;

    private readonly int[] _offsets;

    private EnglishClock(int step, int[] offsets, bool isInterval) => (Step, _offsets, IsInterval) = (step, offsets, isInterval);

    /// <summary>The length of a step in seconds.</summary>
    public int Step { get; }

    /// <summary>The times in a step, sorted.</summary>
    public ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>The first time.</summary>
    public int First { get; private set; }

    /// <summary>The last time; of the next day from 86 400 on.</summary>
    public int Last { get; private set; }

    /// <summary>An interval, which goes on by elapsed time at a change of clocks; else fixed times.</summary>
    public bool IsInterval { get; }

    /// <summary>All times of the day that the step has.</summary>
    public bool IsWholeDay => First == _offsets[0] && Last == PreviousOf(Day - 1);

    /// <summary>These times of the day.</summary>
    public static EnglishClock At(IEnumerable<int> times)
    {
        int[] sorted = [.. times.Distinct().Order()];
        return new EnglishClock(Day, sorted, false) { First = sorted[0], Last = sorted[^1] };
    }

    /// <summary>Each step's times within a window; null when there is none.</summary>
    public static EnglishClock? Of(int step, IEnumerable<int> offsets, (int From, int To) window)
    {
        int[] sorted = [.. Sorted(offsets, step)];
        var reduced = Reduce(ref step, sorted);
        var clock = new EnglishClock(step, reduced, true);
        (clock.First, clock.Last) = (clock.NextOf(window.From), clock.PreviousOf(window.To));
        return clock.First <= clock.Last ? clock : null;
    }

    private static IEnumerable<int> Sorted(IEnumerable<int> offsets, int step) => offsets.Select(offset => offset % step).Distinct().Order();

    /// <summary>Times at even distances are a shorter step with one time, so that what means the same is equal.</summary>
    private static int[] Reduce(ref int step, int[] offsets)
    {
        var distance = step / offsets.Length;
        if (offsets.Length == 1 || step % offsets.Length != 0) return offsets;
        for (var i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] - offsets[i - 1] != distance) return offsets;
        }

        step = distance;
        return [offsets[0]];
    }

    /// <summary>The first time at or after this one; −1 when there is none.</summary>
    public int Next(int time)
    {
        if (time <= First) return First;
        var next = NextOf(time);
        return next <= Last ? next : -1;
    }

    /// <summary>The last time at or before this one; −1 when there is none.</summary>
    public int Previous(int time)
    {
        if (time >= Last) return Last;
        var previous = PreviousOf(time);
        return previous >= First ? previous : -1;
    }

    private int NextOf(int time)
    {
        var begin = time - (time % Step);
        var at = Array.BinarySearch(_offsets, time - begin);
        at = at < 0 ? ~at : at;
        return at < _offsets.Length ? begin + _offsets[at] : begin + Step + _offsets[0];
    }

    private int PreviousOf(int time)
    {
        var begin = time - (time % Step);
        var at = Array.BinarySearch(_offsets, time - begin);
        at = at < 0 ? ~at - 1 : at;
        return at >= 0 ? begin + _offsets[at] : begin - Step + _offsets[^1];
    }

    public bool Equals(EnglishClock? other) =>
        other is not null && (other.Step, other.First, other.Last, other.IsInterval) == (Step, First, Last, IsInterval) && other._offsets.AsSpan().SequenceEqual(_offsets);

    public override bool Equals(object? obj) => Equals(obj as EnglishClock);

    public override int GetHashCode() => HashCode.Combine(Step, First, Last, IsInterval, _offsets.Length);
}
