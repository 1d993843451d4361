using System.Diagnostics;
using System.Text;
using Carillon.Jobs;

namespace Carillon.TestHost;

/// <summary>
/// An append-only file outside the product: <c>job attempt what timestamp</c>, each line written by one call, so that a killed process
/// leaves whole lines. The timestamp is the machine's monotonic clock, which is the same for all processes.
/// </summary>
internal sealed class OracleFile(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly Lock _writing = new();

    public void Write(JobContext context, string what)
    {
        var line = Encoding.ASCII.GetBytes($"{context.Id:N} {context.Attempt} {what} {Stopwatch.GetTimestamp()}\n");
        lock (_writing)
        {
            _file.Write(line);
        }
    }

    public void Dispose() => _file.Dispose();
}
