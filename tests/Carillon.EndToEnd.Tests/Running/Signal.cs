using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Carillon.EndToEnd.Tests.Running;

/// <summary>Signals to a process that the test started.</summary>
internal static partial class Signal
{
    private const int Term = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    public static void Terminate(Process process) => Assert.Equal(0, Kill(process.Id, Term));

    /// <summary>It stands still until <see cref="Resume"/>.</summary>
    public static void Pause(Process process) => Assert.Equal(0, Kill(process.Id, Stop));

    public static void Resume(Process process) => Assert.Equal(0, Kill(process.Id, Continue));

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
