using System.Globalization;

namespace Carillon.EndToEnd.Tests.Running;

/// <summary>A test that mounts a small disk; skipped where this process may not mount.</summary>
public sealed class MountFactAttribute : FactAttribute
{
    private const int SysAdmin = 21;

    public MountFactAttribute()
    {
        if (!MayMount())
        {
            Skip = "Mounting a small disk needs root (CAP_SYS_ADMIN). The test with a limit on the file's size covers the rest.";
        }
    }

    private static bool MayMount()
    {
        const string status = "/proc/self/status";
        var line = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal)) : null;
        return line is not null && (long.Parse(line[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> SysAdmin & 1) == 1;
    }
}
