namespace Carillon.Store;

/// <summary>A look at the store's own clock. It is right to half the round trip either way, whatever the way there and back had of it.</summary>
/// <param name="Now">What the store's clock said.</param>
/// <param name="Timestamp">The middle of the round trip by <see cref="TimeProvider.System"/>'s monotonic clock.</param>
/// <param name="RoundTrip">From before the question was sent to after its answer.</param>
internal readonly record struct StoreTime(DateTimeOffset Now, long Timestamp, TimeSpan RoundTrip);
