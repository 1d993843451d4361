using System.Diagnostics.CodeAnalysis;

namespace Carillon.AspNetCore.Json;

/// <summary>Ends a call with a status and a sentence; the gate turns it into a problem document.</summary>
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "It never leaves the API; public would promise it to users.")]
internal sealed class RefusedException : Exception
{
    public RefusedException(int status, string message) : base(message) => Status = status;

    public RefusedException(string message) : this(400, message) { }

    public RefusedException(string message, Exception innerException) : base(message, innerException) => Status = 400;

    public RefusedException() : this("The request was refused.") { }

    public int Status { get; }
}
