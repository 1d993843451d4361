namespace Carillon.Store;

/// <summary>What a store has to tell those who sleep; a hint, never the truth: a sleeper asks the store when it wakes.</summary>
[Flags]
public enum StoreSignal
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A job became claimable, or due earlier than was last reported.</summary>
    Jobs = 1,

    /// <summary>A schedule was put, removed or given a next instant.</summary>
    Schedules = 2,

    /// <summary>A running job was asked to stop, or a node was asked something.</summary>
    Cancels = 4,

    /// <summary>A job ended.</summary>
    Ended = 8,

    /// <summary>A job that can expire was accepted.</summary>
    Expiries = 16,

    /// <summary>A node or the leader came or went: leases may be taken, claims may be lost.</summary>
    Nodes = 32,

    /// <summary>A lock that somebody waits for became free.</summary>
    Locks = 64,
}
