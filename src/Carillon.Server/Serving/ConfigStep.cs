using Carillon.Engine;
using Carillon.Hosting;
using Carillon.Server.Cli;
using Carillon.Server.Configuration;

namespace Carillon.Server.Serving;

/// <summary>Applies the configuration files that changed since they were last looked at. A broken one changes nothing: what runs goes on.</summary>
internal sealed partial class ConfigStep(ConfigFiles files, CarillonInstance instance, ILogger<ConfigStep> logger) : IStep
{
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigFile> _started = new(StringComparer.Ordinal);

    /// <summary>The files as they were read at the start, so that the first look is no change.</summary>
    public void Remember(IEnumerable<ConfigFile> read)
    {
        foreach (var file in read)
        {
            _seen[file.Path] = DigestOf(file.Path);
            _started[file.Path] = file;
        }
    }

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var path in files.Paths)
        {
            var digest = DigestOf(path);
            if (_seen.GetValueOrDefault(path) != digest)
            {
                await ReloadAsync(path, cancellationToken);
                _seen[path] = digest;
            }
        }

        return null;
    }

    /// <summary>Applies one file and logs what came of it.</summary>
    public async Task ApplyAsync(ConfigFile file, CancellationToken cancellationToken)
    {
        var report = await new ConfigApplier(instance).ApplyAsync(file, isForced: false, isTrial: false, cancellationToken);
        LogApplied($"{report}");
        foreach (var warning in report.Warnings)
        {
            LogWarning(warning);
        }
    }

    private async Task ReloadAsync(string path, CancellationToken cancellationToken)
    {
        if (files.Read(path, out var faults) is { } file)
        {
            await ApplyAsync(file, cancellationToken);
            if (_started.TryGetValue(path, out var started) && started.NeedsStart(file) is { Count: > 0 } names)
            {
                LogLater(path, string.Join(", ", names));
            }

            return;
        }

        foreach (var fault in faults)
        {
            LogFault($"{fault}");
        }

        LogKept(path, Counted.Of(faults.Count, "fault"));
    }

    // By content: a touch is no change, and what a clock says of a file is not trusted.
    private static string DigestOf(string path)
    {
        try
        {
            return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.GetType().Name;
        }
    }

    [LoggerMessage(3001, LogLevel.Information, "Applied {Report}")]
    private partial void LogApplied(string report);

    [LoggerMessage(3002, LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(3005, LogLevel.Warning, "{Path}: {Names} changed; that takes effect when the server is started again")]
    private partial void LogLater(string path, string names);

    [LoggerMessage(3003, LogLevel.Error, "{Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(3004, LogLevel.Error, "{Path} has {Faults} and was not applied; what was applied before stays in force")]
    private partial void LogKept(string path, string faults);
}
