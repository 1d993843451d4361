namespace Carillon.Insights;

/// <summary>Why something did or did not run, in plain English.</summary>
/// <param name="Answer">The answer in one sentence or two.</param>
/// <param name="Facts">What it rests on: the answer first, then what happened, in order.</param>
public sealed record Explanation(string Answer, IReadOnlyList<ExplainedFact> Facts)
{
    internal static Explanation Of(string answer, DateTimeOffset? at, IEnumerable<ExplainedFact> facts) =>
        new(answer, [new ExplainedFact(at, answer), .. facts]);
}

/// <summary>One fact.</summary>
/// <param name="At">When; null when it has no instant.</param>
/// <param name="Text">What.</param>
public sealed record ExplainedFact(DateTimeOffset? At, string Text);
