using System.Diagnostics;
using System.Globalization;
using System.Text;
using Carillon.Jobs;

namespace Carillon.Handlers;

/// <summary>How a program is started: no shell, a small environment, its three streams in our hands.</summary>
internal static class ExecStart
{
    // The server's own environment may hold secrets; a program gets what it needs to find its way, and what the job gives it.
    private static readonly string[] Inherited = OperatingSystem.IsWindows()
        ? ["PATH", "PATHEXT", "SystemRoot", "SystemDrive", "ComSpec", "TEMP", "TMP", "USERPROFILE", "LANG", "TZ"]
        : ["PATH", "HOME", "LANG", "TZ"];

    /// <summary>What is wrong with the arguments, so that no attempt can succeed; null when nothing is.</summary>
    public static string? FaultOf(ExecArgs args)
    {
        string[] texts = [args.Program, args.WorkingDirectory ?? "", .. args.Arguments ?? [], .. (args.Environment ?? new Dictionary<string, string>()).SelectMany(pair => new[] { pair.Key, pair.Value })];
        return args.Program.Length == 0 ? "program is empty; give a path or a name that is found in PATH"
            : texts.Any(text => text.Contains('\0', StringComparison.Ordinal)) ? "the arguments of 'exec' hold a NUL character, which no program can be given"
            : args.Environment?.Keys.FirstOrDefault(name => name.Length == 0 || name.Contains('=', StringComparison.Ordinal)) is { } name ? $"environment: '{name}' is not a variable's name"
            : args.WorkingDirectory is { } directory && !Directory.Exists(directory) ? $"workingDirectory '{directory}' does not exist"
            : null;
    }

    public static ProcessStartInfo Of(ExecArgs args, JobContext context)
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = args.WorkingDirectory ?? "",
        };
        foreach (var argument in args.Arguments ?? [])
        {
            start.ArgumentList.Add(argument);
        }

        SetEnvironment(start.Environment, args, context);
        start.FileName = ProgramPath.Find(args.Program, args.WorkingDirectory, start.Environment["PATH"]) ?? args.Program;
        return start;
    }

    private static void SetEnvironment(IDictionary<string, string?> environment, ExecArgs args, JobContext context)
    {
        var inherited = Inherited.Select(name => (name, environment.TryGetValue(name, out var value) ? value : null)).Where(pair => pair.Item2 is not null).ToList();
        environment.Clear();
        IEnumerable<(string Name, string? Value)> all =
        [
            ("PATH", ProgramPath.Default),
            .. inherited,
            .. (args.Environment ?? new Dictionary<string, string>()).Select(pair => (pair.Key, (string?)pair.Value)),
            ("CARILLON_JOB_ID", context.Id.ToString()),
            ("CARILLON_ATTEMPT", context.Attempt.ToString(CultureInfo.InvariantCulture)),
            ("CARILLON_SCHEDULED_AT", context.ScheduledAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)),
        ];
        foreach (var (name, value) in all)
        {
            environment[name] = value;
        }

        if (TraceparentOf(context) is { } traceparent)
        {
            environment["TRACEPARENT"] = traceparent;
        }
    }

    private static string? TraceparentOf(JobContext context) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : context.Job.Traceparent;
}
