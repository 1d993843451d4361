using System.Text;

namespace Carillon.Handlers;

/// <summary>Cuts a stream of text into lines, none longer than 16 kB however long it runs: what a program prints must not fill the server's memory.</summary>
internal sealed class LineSplitter(Action<string> onLine)
{
    public const int MaxLine = 16 * 1024;

    private readonly StringBuilder _line = new();
    private bool _isCut;

    public void Add(ReadOnlySpan<char> text)
    {
        while (text.IndexOf('\n') is var end and >= 0)
        {
            Append(text[..end]);
            Emit();
            text = text[(end + 1)..];
        }

        Append(text);
    }

    /// <summary>The stream is at its end: what stands without a line break is a line too.</summary>
    public void End()
    {
        if (_line.Length > 0)
        {
            Emit();
        }
    }

    private void Append(ReadOnlySpan<char> text)
    {
        var room = Math.Max(0, MaxLine - _line.Length);
        _isCut |= text.Length > room;
        _line.Append(text.Length > room ? text[..room] : text);
    }

    private void Emit()
    {
        onLine(_line.ToString().TrimEnd('\r') + (_isCut ? "… (cut)" : ""));
        _line.Clear();
        _isCut = false;
    }
}
