using Carillon.Insights;
using Carillon.Scheduling;
using Carillon.Store;

namespace Carillon.Tests.Insights;

public sealed class SkippedRunsTests
{
    private static readonly DateTimeOffset Noon = new(2027, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Neighbours_of_one_reason_are_one_entry()
    {
        var joined = Assert.Single(SkippedRuns.Joined([Skipped(3), Skipped(2), Skipped(1)], []));

        Assert.Equal("""{"reason":"overlap","from":"2027-01-01T12:01:00+00:00","to":"2027-01-01T12:03:00+00:00","count":3}""", joined.Data);
        Assert.Equal(Noon.AddMinutes(3), joined.At);
    }

    [Fact]
    public void Another_reason_an_act_or_a_job_between_keeps_them_apart()
    {
        var act = new JournalEntry { Subject = new Subject(SubjectKind.Schedule, "s"), Kind = JournalKinds.Act, At = Noon.AddMinutes(2) };

        Assert.Equal(2, SkippedRuns.Joined([Skipped(2), Skipped(1, "misfire")], []).Count);
        Assert.Equal(3, SkippedRuns.Joined([Skipped(3), act, Skipped(1)], []).Count);
        Assert.Equal(2, SkippedRuns.Joined([Skipped(3), Skipped(1)], [Noon.AddMinutes(2)]).Count);
    }

    private static JournalEntry Skipped(int minute, string reason = "overlap") =>
        SkippedFact.Of("s", reason, new Segment(Noon.AddMinutes(minute), Noon.AddMinutes(minute), 1, false), Noon.AddMinutes(minute));
}
