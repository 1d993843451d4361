namespace Carillon.Handlers;

/// <summary>A name was looked up, and where it leads may not be called.</summary>
internal sealed class TargetRefusedException : IOException
{
    public TargetRefusedException() { }

    public TargetRefusedException(string message) : base(message) { }

    public TargetRefusedException(string message, Exception innerException) : base(message, innerException) { }
}
