namespace Carillon.Store;

/// <summary>What a user gave cannot be taken; lists every fault, and nothing was changed.</summary>
public sealed class InvalidRequestException : Exception
{
    /// <summary>With all faults.</summary>
    public InvalidRequestException(IReadOnlyList<Fault> faults) : base(string.Join(Environment.NewLine, faults)) => Faults = faults;

    /// <summary>With one fault of no field.</summary>
    public InvalidRequestException(string message) : this([new Fault("", null, message)]) { }

    /// <summary>With one fault of no field and its cause.</summary>
    public InvalidRequestException(string message, Exception innerException) : base(message, innerException) => Faults = [new Fault("", null, message)];

    /// <summary>Without particulars.</summary>
    public InvalidRequestException() : this([]) { }

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<Fault> Faults { get; }
}
