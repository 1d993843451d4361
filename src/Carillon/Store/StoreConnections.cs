namespace Carillon.Store;

/// <summary>The connections of this process to the database of its store.</summary>
/// <param name="Used">In use at this moment, those included that are kept for one duty; idle ones of the pool are not counted.</param>
/// <param name="Max">More are never open at once: whoever needs one more waits until one is free. Where the pool belongs to the host, what the host uses counts too.</param>
public readonly record struct StoreConnections(int Used, int Max);
