using Carillon.Store;

namespace Carillon.Tests.Simulation;

/// <summary>
/// Watches from outside the engine and says what was broken. The invariants: an accepted job ends; at most one accepted end a claim and
/// one completion a job; tokens rise; one job per (schedule, instant); attempts within the policy; jobs of a concurrency key never
/// hold claims together; no attempt begins after a cancellation was accepted; a quarantined job was begun at least twice.
/// </summary>
internal sealed class Oracle
{
    private readonly Dictionary<Guid, long> _tokens = [];
    private readonly HashSet<(Guid Job, long Token)> _ended = [];
    private readonly Dictionary<Guid, string> _completed = [];
    private readonly HashSet<(string Schedule, DateTimeOffset At)> _fired = [];
    private readonly HashSet<Guid> _cancelled = [];
    private readonly Dictionary<Guid, int> _begun = [];

    public List<string> Broken { get; } = [];

    public List<string> Trace { get; } = [];

    public void Cancelled(Guid job) => _cancelled.Add(job);

    /// <summary>A handler was called, or might have been: a claim's answer was lost.</summary>
    public void Begun(Guid job) => _begun[job] = _begun.GetValueOrDefault(job) + 1;

    public void Claimed(IReadOnlyList<Job> jobs)
    {
        foreach (var job in jobs)
        {
            Trace.Add($"{job.StartedAt:HH:mm:ss.fff} claim {job.Id:N} token {job.Token} by {job.Node}");
            Expect(!_tokens.TryGetValue(job.Id, out var token) || job.Token > token, $"token of {job.Id} did not rise: {job.Token} after {token}");
            Expect(!_completed.ContainsKey(job.Id), $"{job.Id} was claimed after it had completed");
            Expect(!_cancelled.Contains(job.Id), $"{job.Id} began an attempt after it had been cancelled");
            Expect(job.Attempt <= (job.Retry ?? RetryPolicy.Default).Attempts, $"{job.Id} began attempt {job.Attempt}");
            _tokens[job.Id] = job.Token;
        }
    }

    public void Finished(Finish finish, Job? before, bool isWritten)
    {
        var (job, token) = (finish.Job.Id, finish.Job.Token);
        Trace.Add($"{finish.EndedAt:HH:mm:ss.fff} finish {job:N} token {token} {finish.Outcome.GetType().Name} {(isWritten ? "written" : "refused")}");
        if (!isWritten)
        {
            return;
        }

        Expect(before?.Token == token && before.State == JobState.Running, $"{job}: the end under token {token} was accepted while {before?.Token} ({before?.State}) held it");
        Expect(_ended.Add((job, token)), $"{job}: two ends were accepted under token {token}");
        if (finish.Outcome is Outcome.Succeeded)
        {
            Expect(_completed.TryAdd(job, $"token {token}"), $"{job} completed twice: {_completed[job]}, then token {token}");
        }
    }

    public void Fired(IReadOnlyList<Firing> firings, IReadOnlyList<FireResult> results)
    {
        foreach (var (firing, result) in firings.Zip(results).Where(pair => pair.Second.IsApplied))
        {
            Expect(firing.NextAt is null || firing.NextAt > firing.ExpectedNextAt, $"{firing.Schedule}: its next instant did not move forward");
            foreach (var job in result.SkippedByOverlap == 0 ? firing.Jobs : [])
            {
                Expect(_fired.Add((firing.Schedule, job.ScheduledAt!.Value)), $"{firing.Schedule} fired twice for {job.ScheduledAt:O}");
            }
        }
    }

    /// <summary>After the run: all that was accepted has ended, and no two running jobs share a key.</summary>
    public void AtRest(IReadOnlyCollection<Job> jobs, IReadOnlySet<Guid> accepted)
    {
        var seen = jobs.ToDictionary(job => job.Id);
        foreach (var id in accepted)
        {
            Expect(seen.TryGetValue(id, out var job), $"{id} was accepted and is gone");
            Expect(job is null || job.IsEnded, $"{id} has not ended: {job?.State}, run at {job?.RunAt:O}, node {job?.Node}");
        }

        // The first of three losses may be of a job that was claimed and not begun; the others are not.
        foreach (var job in jobs.Where(job => job.Reason == "poison"))
        {
            Expect(_begun.GetValueOrDefault(job.Id) >= 2, $"{job.Id} was quarantined and had begun {_begun.GetValueOrDefault(job.Id)} times");
        }

        foreach (var group in jobs.Where(job => job.Schedule is not null).GroupBy(job => (job.Schedule, job.ScheduledAt)))
        {
            Expect(group.Count() == 1, $"{group.Key.Schedule} has {group.Count()} jobs for {group.Key.ScheduledAt:O}");
        }
    }

    /// <summary>After each claim: running jobs do not share a concurrency key.</summary>
    public void AfterClaim(IReadOnlyList<Job> running)
    {
        foreach (var group in running.Where(job => job.ConcurrencyKey is not null).GroupBy(job => job.ConcurrencyKey))
        {
            Expect(group.Count() == 1, $"{group.Count()} running jobs share the key {group.Key}");
        }
    }

    private void Expect(bool holds, string what)
    {
        if (!holds)
        {
            Broken.Add(what);
        }
    }
}
