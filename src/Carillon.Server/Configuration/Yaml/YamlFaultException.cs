namespace Carillon.Server.Configuration.Yaml;

/// <summary>The text is not the YAML that is understood; says where it stops to be.</summary>
internal sealed class YamlFaultException : Exception
{
    public YamlFaultException(Place at, string message) : base(message) => At = at;

    public YamlFaultException(Place at, string message, Exception innerException) : base(message, innerException) => At = at;

    public YamlFaultException(string message) : base(message) { }

    public YamlFaultException(string message, Exception innerException) : base(message, innerException) { }

    public YamlFaultException() { }

    public Place At { get; }
}
