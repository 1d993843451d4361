namespace Carillon.AspNetCore;

/// <summary>What the API allows; <c>services.Configure&lt;CarillonApiOptions&gt;(…)</c>. The defaults are the safe ones.</summary>
public sealed class CarillonApiOptions
{
    /// <summary>
    /// Lets API callers name handlers that can do what the process can (<c>exec</c>). Off: only a configuration file or code may.
    /// The server's flag is <c>--allow-remote-exec</c>.
    /// </summary>
    public bool AllowPrivilegedHandlers { get; set; }

    /// <summary>A request's body may have so many bytes.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>A key may make so many requests a second over a longer time.</summary>
    public int RequestsPerSecond { get; set; } = 100;

    /// <summary>A key may make so many requests at once after a pause.</summary>
    public int RequestBurst { get; set; } = 200;

    /// <summary>Wrong keys from one address within a minute before the address is told to wait.</summary>
    public int FailedLogInsPerMinute { get; set; } = 10;
}
