namespace Carillon.Store;

/// <summary>How many live jobs there are, by queue, handler and state, and which concurrency keys and rate limits are in use.</summary>
/// <param name="Counts">One row a combination; <c>Succeeded</c> and <c>Cancelled</c> are not counted.</param>
/// <param name="BusyKeys">Concurrency keys of running jobs.</param>
/// <param name="Spent">Rate limits that jobs began under not long ago; one that is full again may be missing.</param>
internal sealed record Summary(IReadOnlyList<JobCount> Counts, IReadOnlySet<string> BusyKeys, IReadOnlyList<SpentBucket> Spent);

/// <summary>One row of a <see cref="Summary"/>.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Handler">The handler.</param>
/// <param name="State">The state.</param>
/// <param name="Count">How many.</param>
/// <param name="OldestRunAt">The earliest <c>RunAt</c> among them.</param>
internal readonly record struct JobCount(string Queue, string Handler, JobState State, long Count, DateTimeOffset? OldestRunAt);
