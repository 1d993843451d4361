namespace Carillon.Language;

/// <summary>What an English schedule says, however it was worded.</summary>
/// <param name="Days">On which days.</param>
/// <param name="Clock">At which times of these days.</param>
/// <param name="Zone">The zone that the text names.</param>
/// <param name="Elapsed">An interval of elapsed time, which knows no days; else null.</param>
internal sealed record EnglishPlan(EnglishDays Days, EnglishClock Clock, Zone? Zone, TimeSpan? Elapsed = null);
