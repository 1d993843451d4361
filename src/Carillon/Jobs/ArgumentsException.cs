namespace Carillon.Jobs;

/// <summary>A job's arguments cannot be read as its handler wants them: no retry helps, so the job is dead at once.</summary>
public sealed class ArgumentsException : Exception
{
    /// <summary>Says where they do not fit.</summary>
    public ArgumentsException(string message) : base(message) { }

    /// <summary>Says where they do not fit, with the cause.</summary>
    public ArgumentsException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Without particulars.</summary>
    public ArgumentsException() { }
}
