using Carillon.Server.Configuration.Yaml;
using Carillon.Store;

namespace Carillon.Server.Configuration;

/// <summary>One thing that is wrong with a file, and where.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="At">Line and column; null when the whole file is meant.</param>
/// <param name="Fault">Field, value, what was expected and how to mend it.</param>
internal sealed record FileFault(string File, Place? At, Fault Fault)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var what = Fault.Field.Length == 0 ? Fault.Message : Fault.ToString();
        return At is { } place ? $"{File}:{place}: {what}" : $"{File}: {what}";
    }
}
