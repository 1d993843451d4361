namespace Carillon.Store;

/// <summary>The store cannot serve the call now: disk full, database away, file damaged. The message names the store and the fix.</summary>
public sealed class StoreUnavailableException : Exception
{
    /// <summary>Says why and what to do.</summary>
    public StoreUnavailableException(string message) : base(message) { }

    /// <summary>Says why and what to do, with the cause.</summary>
    public StoreUnavailableException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Without particulars.</summary>
    public StoreUnavailableException() : base("The store is unavailable.") { }

    /// <summary>True when no space is left: the API answers 507 instead of 503.</summary>
    public bool IsFull { get; init; }
}
