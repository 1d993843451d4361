namespace Carillon.Jobs;

/// <summary>
/// The attempt is not the job's any more: its node was taken for dead, or an earlier transaction of the same attempt has completed the job after
/// all. Let it leave the handler, so that the transaction is rolled back; the engine finds out which it was.
/// </summary>
public sealed class ClaimLostException : Exception
{
    /// <summary>Says which job and why.</summary>
    public ClaimLostException(string message) : base(message) { }

    /// <summary>Says which job and why, with the cause.</summary>
    public ClaimLostException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Without particulars.</summary>
    public ClaimLostException() : base("The claim on the job was lost.") { }
}
