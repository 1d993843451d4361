using System.Globalization;
using Carillon.EndToEnd.Tests.Running;
using Carillon.Store;

namespace Carillon.EndToEnd.Tests.Checking;

/// <summary>
/// Judges a run by what it left behind: the oracle's lines, the accepted ids, and where each job ended up. It asks for nothing that the
/// program says of itself on the way. Instants of schedules are matched with the runs that stand for them.
/// </summary>
internal sealed class Checker
{
    private readonly Evidence _evidence;
    private readonly Bounds _bounds;
    private readonly List<Violation> _found = [];
    private readonly Dictionary<Guid, FinalJob> _jobs = [];
    private readonly ILookup<Guid, OracleLine> _lines;

    private Checker(Evidence evidence, Bounds bounds)
    {
        (_evidence, _bounds) = (evidence, bounds);
        _lines = evidence.Lines.OrderBy(line => line.At).ToLookup(line => line.Job);
    }

    public static Verdict Check(Evidence evidence, Bounds bounds)
    {
        var checker = new Checker(evidence, bounds);
        checker.CheckJobs();
        checker.CheckRuns();
        checker.CheckTimetables();
        checker.CheckOverlaps();
        return new Verdict(
            evidence.Accepted.Count + evidence.Lines.Count + evidence.Jobs.Count + evidence.Timetables.Sum(timetable => timetable.Instants.Count()),
            checker._found, checker.Latenesses());
    }

    private void CheckJobs()
    {
        foreach (var job in _evidence.Jobs)
        {
            Expect(_jobs.TryAdd(job.Id, job), Wrong.Doubled, $"job {job.Id} stands in the store twice");
            Expect(!_bounds.MustFinish || job.IsEnded, Wrong.Unfinished, $"job {job.Id} is {job.State}");
            Expect(job.Attempt <= job.MaxAttempts, Wrong.Attempts, $"job {job.Id} had {job.Attempt} of {job.MaxAttempts} attempts");
        }

        foreach (var id in _evidence.Accepted)
        {
            Expect(_jobs.ContainsKey(id), Wrong.Lost, $"job {id} was accepted and is gone");
        }
    }

    private void CheckRuns()
    {
        foreach (var job in _jobs.Values)
        {
            List<OracleLine> starts = [.. _lines[job.Id].Where(line => line.What == "start")], ends = [.. _lines[job.Id].Where(line => line.What == "end")];
            CheckFence(job, starts, ends);
            Expect(ends.Count <= 1 + job.Losses, Wrong.Doubled, $"job {job.Id} was done {ends.Count} times, and lost its node {job.Losses} times");
            if (starts.Count > 0)
            {
                var ahead = job.ScheduledAt - _evidence.WallOf(starts[0].At);
                Expect(ahead <= _bounds.EarliestStart, Wrong.Early, $"job {job.Id} began {Milliseconds(ahead)} before {job.ScheduledAt:O}");
            }
        }

        foreach (var stray in _lines.Where(lines => !_jobs.ContainsKey(lines.Key)))
        {
            Expect(false, Wrong.Lost, $"job {stray.Key} ran and is gone");
        }
    }

    private void CheckFence(FinalJob job, List<OracleLine> starts, List<OracleLine> ends)
    {
        foreach (var claim in starts.CountBy(line => line.Token).Where(claim => claim.Value > 1))
        {
            Expect(false, Wrong.Fence, $"job {job.Id} began {claim.Value} times under the token {claim.Key}");
        }

        if (job.State == JobState.Succeeded)
        {
            Expect(starts.All(line => line.Token <= job.Token), Wrong.Fence, $"job {job.Id} ended under the token {job.Token}, and a later claim had begun it");
            Expect(ends.Any(line => line.Token == job.Token), Wrong.NotDone, $"job {job.Id} succeeded under the token {job.Token}, and its handler did not end under it: {string.Join("; ", starts.Concat(ends).Select(line => $"{line.What} under {line.Token} on {line.Node} at {line.At}"))}");
        }
    }

    private void CheckTimetables()
    {
        var jobs = _jobs.Values.Where(job => job.Schedule.Length > 0).ToLookup(job => (job.Schedule, job.ScheduledAt));
        foreach (var timetable in _evidence.Timetables)
        {
            var instants = timetable.Instants.ToHashSet();
            foreach (var instant in instants)
            {
                CheckInstant(timetable, instant, [.. jobs[(timetable.Schedule, instant)]]);
            }

            foreach (var stray in jobs.Where(group => group.Key.Schedule == timetable.Schedule && !instants.Contains(group.Key.ScheduledAt)))
            {
                Expect(false, Wrong.Repeated, $"{timetable.Schedule} made a job for {stray.Key.ScheduledAt:O}, which is none of its instants before {timetable.End:O}");
            }
        }
    }

    private void CheckInstant(Timetable timetable, DateTimeOffset instant, FinalJob[] made)
    {
        Expect(made.Length <= 1, Wrong.Repeated, $"{timetable.Schedule} made {made.Length} jobs for {instant:O}");
        Expect(made.Length > 0 || timetable.IsSkipped(instant), Wrong.Missed, $"{timetable.Schedule} made no job for {instant:O}, and no record says why");
        if (made.Length > 0 && Begun(made[0]) is { } at)
        {
            Expect(at - instant <= _bounds.LatestStart, Wrong.Late, $"{timetable.Schedule} began {Milliseconds(at - instant)} after {instant:O}");
        }
    }

    // Only attempts whose end counted: what a lost node still does holds no claim.
    private void CheckOverlaps()
    {
        var held = from job in _jobs.Values
                   let key = job.ConcurrencyKey
                   where key.Length > 0 && job.State == JobState.Succeeded
                   from start in _lines[job.Id]
                   from end in _lines[job.Id]
                   where start.What == "start" && end.What == "end" && start.Token == job.Token && end.Token == job.Token
                   group (start.At, End: end.At, job.Id) by key;
        foreach (var key in held)
        {
            var runs = key.OrderBy(run => run.At).ToList();
            foreach (var (one, other) in runs.Zip(runs.Skip(1)).Where(pair => pair.Second.At < pair.First.End))
            {
                Expect(false, Wrong.Overlapping, $"jobs {one.Id} and {other.Id} of the key '{key.Key}' ran at the same time");
            }
        }
    }

    private List<TimeSpan> Latenesses() =>
        [.. from job in _jobs.Values where job.Schedule.Length > 0 let at = Begun(job) where at is not null select at.Value - job.ScheduledAt into late orderby late select late];

    private DateTimeOffset? Begun(FinalJob job) =>
        _lines[job.Id].Where(line => line.What == "start").Select(line => (DateTimeOffset?)_evidence.WallOf(line.At)).FirstOrDefault();

    private void Expect(bool holds, Wrong kind, string what)
    {
        if (!holds)
        {
            _found.Add(new Violation(kind, what));
        }
    }

    private static string Milliseconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:F0} ms");
}
