using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Carillon.Jobs;
using Microsoft.Win32.SafeHandles;

namespace Carillon.TestHost;

/// <summary>
/// An append-only file outside the product, which several processes share: <c>job attempt what timestamp token node instant schedule .</c>, each line
/// written by one call. A process that is killed within it may leave a part: so each begins a line of its own, and only what ends as it should
/// is one. The timestamp is the machine's monotonic clock, which is the same
/// for all processes.
/// </summary>
internal sealed partial class OracleFile : IDisposable
{
    private const int SetFlags = 4;
    private const int LinuxAppend = 0x400;
    private readonly string _node;
    private readonly SafeFileHandle _file;

    public OracleFile(string path, string node)
    {
        _node = node;
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);

        // FileMode.Append only seeks once; with the flag each write goes to the end, whatever other processes have written, and wherever it asks to go.
        if (Control(_file, SetFlags, LinuxAppend) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{path} cannot be opened for appending.");
        }
    }

    public void Write(JobContext context, string what) =>
        RandomAccess.Write(_file, Encoding.ASCII.GetBytes($"\n{context.Id:N} {context.Attempt} {what} {Stopwatch.GetTimestamp()} {context.Job.Token} {_node} {context.ScheduledAt.Ticks} {context.Schedule} ."), 0);

    public void Dispose() => _file.Dispose();

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, int flags);
}
