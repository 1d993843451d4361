using Carillon.Scheduling;
using Carillon.Server.Configuration;
using Carillon.Store;

namespace Carillon.Tests.Server;

public sealed class ApplyRuleTests
{
    private const string Ours = "team-a.yaml";

    // mark in the file, mark remembered, whose it is in the store ("-": it is not there, "": made by hand), forced → what becomes of it
    [Theory]
    [InlineData("1", null, "-", false, nameof(ApplyAct.Add))]
    [InlineData("1", null, "-", true, nameof(ApplyAct.Add))]
    [InlineData("1", "1", "-", false, nameof(ApplyAct.LeaveDeleted))]
    [InlineData("2", "1", "-", false, nameof(ApplyAct.LeaveDeleted))]
    [InlineData("1", "1", "-", true, nameof(ApplyAct.Add))]
    [InlineData("1", "1", Ours, false, nameof(ApplyAct.Keep))]
    [InlineData("1", "1", Ours, true, nameof(ApplyAct.Update))]
    [InlineData("2", "1", Ours, false, nameof(ApplyAct.Update))]
    [InlineData("1", null, Ours, false, nameof(ApplyAct.Update))]
    [InlineData("1", "1", "", false, nameof(ApplyAct.Conflict))]
    [InlineData("1", null, "", true, nameof(ApplyAct.Conflict))]
    [InlineData("1", null, "team-b.yaml", true, nameof(ApplyAct.Conflict))]
    [InlineData("1", null, "code", false, nameof(ApplyAct.Conflict))]
    [InlineData("1", null, DefaultSchedules.Owner, false, nameof(ApplyAct.Update))]
    public void A_schedule_of_the_file_meets_what_is_there(string mark, string? remembered, string heldBy, bool isForced, string expected)
    {
        var existing = new Dictionary<string, string?>();
        if (heldBy != "-")
        {
            existing["a"] = heldBy.Length == 0 ? null : heldBy;
        }

        var plan = ApplyRule.Plan(File(("a", mark)), Memory(("a", remembered)), existing, isForced);

        Assert.Equal([expected], plan.Lines.Select(line => line.Act.ToString()));
    }

    [Fact]
    public void What_the_file_names_no_more_goes_but_only_its_own()
    {
        var existing = new Dictionary<string, string?> { ["mine"] = Ours, ["b's"] = "team-b.yaml", ["by hand"] = null, ["code's"] = "code" };

        var plan = ApplyRule.Plan(File(), Memory(("mine", "1")), existing, isForced: true);

        Assert.Equal([new ApplyLine("mine", ApplyAct.Remove)], plan.Lines);
    }

    [Fact]
    public void A_deleted_schedule_is_remembered_as_deleted_through_many_applications()
    {
        var first = ApplyRule.Plan(File(("a", "1")), Memory(("a", "1")), new Dictionary<string, string?>(), isForced: false);

        var second = ApplyRule.Plan(File(("a", "2")), first.Remembered, new Dictionary<string, string?>(), isForced: false);

        Assert.Equal(ApplyAct.LeaveDeleted, Assert.Single(second.Lines).Act);
    }

    [Fact]
    public void A_deleted_schedule_that_someone_made_anew_under_its_name_does_not_come_back_when_that_one_goes()
    {
        var held = ApplyRule.Plan(File(("a", "1")), Memory(("a", "1")), new Dictionary<string, string?> { ["a"] = null }, isForced: false);

        var after = ApplyRule.Plan(File(("a", "1")), held.Remembered, new Dictionary<string, string?>(), isForced: false);

        Assert.Equal(ApplyAct.LeaveDeleted, Assert.Single(after.Lines).Act);
    }

    [Fact]
    public void A_name_that_was_never_applied_for_it_was_held_is_added_once_it_is_free()
    {
        var held = ApplyRule.Plan(File(("a", "1")), Memory(), new Dictionary<string, string?> { ["a"] = "team-b.yaml" }, isForced: false);

        var after = ApplyRule.Plan(File(("a", "1")), held.Remembered, new Dictionary<string, string?>(), isForced: false);

        Assert.Equal(ApplyAct.Add, Assert.Single(after.Lines).Act);
    }

    private static ConfigFile File(params (string Name, string Mark)[] schedules) => new()
    {
        Path = Ours,
        Owner = Ours,
        Schedules = [.. schedules.Select(schedule => new ConfigSchedule(
            new ScheduleRequest { Name = schedule.Name, Handler = "heartbeat", Kind = RecurrenceKind.Every, Expression = "1h", Owner = Ours }, schedule.Mark, 1))],
    };

    private static Dictionary<string, string> Memory(params (string Name, string? Mark)[] marks) =>
        marks.Where(mark => mark.Mark is not null).ToDictionary(mark => mark.Name, mark => mark.Mark!);
}
