namespace Carillon.Store;

/// <summary>One thing that is wrong with what a user gave.</summary>
/// <param name="Field">Where: the member's name as the user writes it, with a path for nested ones.</param>
/// <param name="Value">What was given; null when nothing was.</param>
/// <param name="Message">What was expected and how to mend it.</param>
public sealed record Fault(string Field, string? Value, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Value is null ? $"{Field}: {Message}" : $"{Field} ({Value}): {Message}";
}
