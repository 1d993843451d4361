namespace Carillon.Handlers;

/// <summary>An attempt failed in a way that its message says whole: a stack trace in the job's error would only hide it. The retry policy decides.</summary>
internal sealed class AttemptFailedException : IOException
{
    public AttemptFailedException() { }

    public AttemptFailedException(string message) : base(message) { }

    public AttemptFailedException(string message, Exception innerException) : base(message, innerException) { }

    public override string ToString() => Message;
}
