using System.Runtime.InteropServices;

namespace Carillon.Handlers;

/// <summary>The one call that the runtime does not offer: a signal other than SIGKILL to a process.</summary>
internal static class NativeMethods
{
    public const int Terminate = 15;
    public const int Kill = 9;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int SendSignal(int processId, int signal);
}
