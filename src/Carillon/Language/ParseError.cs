namespace Carillon.Language;

/// <summary>Why a text was refused.</summary>
/// <param name="Position">Where the trouble begins, counted from 0.</param>
/// <param name="Length">How many characters of the text are the trouble; 0 when something is missing there.</param>
/// <param name="Problem">What is wrong, with the value.</param>
/// <param name="Expected">What would have been right there.</param>
/// <param name="Hint">What the writer may have meant, where that can be told.</param>
public sealed record ParseError(int Position, int Length, string Problem, string Expected, string? Hint = null)
{
    /// <summary>All of it as one sentence or two.</summary>
    public string Message => $"{Problem} (at character {Position + 1}); expected {Expected}.{(Hint is null ? "" : $" {Hint}")}";

    /// <inheritdoc/>
    public override string ToString() => Message;
}
