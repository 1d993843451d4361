using System.Globalization;
using System.Text;

namespace Carillon.Outputs;

/// <summary>
/// Appends lines to a file and rotates it by size: <c>x.log</c> becomes <c>x.log.1</c>, that one <c>x.log.2</c>, up to the number kept.
/// Holds the file open only while it writes, so that others may move or remove it, and a thousand schedules need no thousand handles.
/// </summary>
internal sealed class RotatingFile(string path, long maxBytes, int keep)
{
    private const int MaxTries = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Appends all lines. They are with the operating system when this returns, not necessarily on the disk.</summary>
    public async Task AppendAsync(IReadOnlyList<string> lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = 0;
        while (next < lines.Count)
        {
            next = await FillAsync(lines, next);
            if (next < lines.Count)
            {
                Rotate();
            }
        }
    }

    // Writes as many lines as there is room for; a line that is longer than a whole file gets a file for itself.
    private async Task<int> FillAsync(IReadOnlyList<string> lines, int next)
    {
        await using var file = await OpenAsync();
        var isTorn = IsTorn(file);
        var buffer = new MemoryStream();
        for (; next < lines.Count; next++)
        {
            var line = Encoding.UTF8.GetBytes(isTorn ? $"\n{lines[next]}\n" : $"{lines[next]}\n");
            if (file.Length + buffer.Length > 0 && file.Length + buffer.Length + line.Length > maxBytes)
            {
                break;
            }

            buffer.Write(line);
            isTorn = false;
        }

        file.Seek(0, SeekOrigin.End);
        await file.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return next;
    }

    // Another process of ours may be at it for a moment. The operating system's lock knows no cluster time, so this waits by the machine's.
    private async Task<FileStream> OpenAsync()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (tries < MaxTries && error.GetType() == typeof(IOException))
            {
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }

    // A crash or a full disk may have cut the last line: what follows must not be glued to it.
    private static bool IsTorn(FileStream file)
    {
        if (file.Length == 0)
        {
            return false;
        }

        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private void Rotate()
    {
        for (var i = keep; i > 0; i--)
        {
            var from = i == 1 ? path : Numbered(i - 1);
            if (File.Exists(from))
            {
                File.Move(from, Numbered(i), overwrite: true);
            }
        }

        if (keep == 0)
        {
            File.Delete(path);
        }
    }

    private string Numbered(int i) => string.Create(CultureInfo.InvariantCulture, $"{path}.{i}");
}
