namespace Carillon.Language;

/// <summary>What one field of a recurrence means.</summary>
/// <param name="Name">The field: <c>minute</c>, <c>day of week</c>, <c>interval</c>.</param>
/// <param name="Text">It in the canonical text.</param>
/// <param name="Meaning">The same in plain English.</param>
public sealed record FieldExplanation(string Name, string Text, string Meaning);
