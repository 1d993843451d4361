namespace Carillon.Server.Cli;

/// <summary>Columns as wide as their widest cell; on a terminal a line is cut at its edge, redirected it is whole.</summary>
internal sealed class Table(params string[] titles)
{
    private const string Gap = "  ";
    private readonly List<string[]> _rows = [];

    public void Add(params string?[] cells) => _rows.Add([.. cells.Select(cell => Plain.Text(cell ?? ""))]);

    public void Write(Terminal terminal, string whenEmpty)
    {
        if (_rows.Count == 0)
        {
            terminal.Note(whenEmpty);
            return;
        }

        var widths = titles.Select((title, column) => _rows.Max(row => Math.Max(title.Length, row[column].Length))).ToArray();
        foreach (var row in _rows.Prepend(titles))
        {
            var line = string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
            terminal.Out.WriteLine(terminal.Width is { } width && line.Length > width ? string.Concat(line.AsSpan(0, width - 1), "…") : line);
        }
    }
}
