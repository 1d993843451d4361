namespace Carillon.Language;

/// <summary>A zone's clock is moved.</summary>
/// <param name="At">The instant, in UTC.</param>
/// <param name="By">How far: forward when positive, back when negative.</param>
public readonly record struct ClockChange(DateTimeOffset At, TimeSpan By)
{
    /// <summary>In words: <c>clock goes forward by 1h</c>.</summary>
    public override string ToString() => $"clock goes {(By > TimeSpan.Zero ? "forward" : "back")} by {Durations.Format(By.Duration())}";
}
