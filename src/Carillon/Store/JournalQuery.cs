namespace Carillon.Store;

/// <summary>A part of the journal.</summary>
public sealed record JournalQuery
{
    /// <summary>About this; null for all.</summary>
    public Subject? Subject { get; init; }

    /// <summary>Of these kinds; null for all.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>Newest first instead of in order.</summary>
    public bool IsNewestFirst { get; init; }

    /// <summary>Only entries behind this one, in the order of reading.</summary>
    public long? After { get; init; }

    /// <summary>At most so many.</summary>
    public int Limit { get; init; } = 50;
}
