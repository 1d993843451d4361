using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>
/// The operating system's lock on <c>FILE.lock</c>: one store has the file, and the death of its process frees it at once, however it
/// died. Inside stands the holder's process id, for people.
/// </summary>
internal sealed partial class FileLock : IDisposable
{
    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes it; null when another store has it.</summary>
    public static FileLock? TryTake(string databasePath)
    {
        var path = databasePath + ".lock";
        try
        {
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            if (!HoldsFlock(stream))
            {
                stream.Dispose();
                return null;
            }

            WriteHolder(stream);
            return new FileLock(stream);
        }
        catch (IOException exception) when (IsShared(exception))
        {
            return null;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new StoreUnavailableException($"{path} cannot be written: {exception.Message} Give this user write access to the directory, and free space on its disk.", exception);
        }
    }

    // The file stays: were it removed, one process could lock the removed file and another one the new.
    public void Dispose() => _stream.Dispose();

    // .NET takes the same lock for FileShare.None, but a host may have switched that off (System.IO.DisableFileLocking).
    private static bool HoldsFlock(FileStream stream) =>
        OperatingSystem.IsWindows() || Flock(stream.SafeFileHandle.DangerousGetHandle().ToInt32(), ExclusiveNonBlocking) == 0;

    // "Would block" of Linux and of macOS and BSD, and the sharing violation of Windows.
    private static bool IsShared(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static void WriteHolder(FileStream stream)
    {
        try
        {
            stream.SetLength(0);
            stream.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            stream.Flush();
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private const int ExclusiveNonBlocking = 2 | 4;

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(int file, int operation);
}
