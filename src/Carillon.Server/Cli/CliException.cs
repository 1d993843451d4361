namespace Carillon.Server.Cli;

/// <summary>Ends a verb with a message for people and an exit code for scripts.</summary>
internal sealed class CliException : Exception
{
    public CliException(int exitCode, string message) : base(message) => ExitCode = exitCode;

    public CliException(string message) : base(message) { }

    public CliException(string message, Exception innerException) : base(message, innerException) { }

    public CliException() { }

    public int ExitCode { get; } = Exit.Failed;
}
