namespace Carillon.Server.Serving;

/// <summary>The server does not start with what it was given; each line of the message names a setting and the fix. Exit code 78.</summary>
internal sealed class ConfigRefusedException : Exception
{
    public ConfigRefusedException(IEnumerable<string> faults) : this(string.Join('\n', faults)) { }

    public ConfigRefusedException(string message) : base(message) { }

    public ConfigRefusedException(string message, Exception innerException) : base(message, innerException) { }

    public ConfigRefusedException() { }
}
