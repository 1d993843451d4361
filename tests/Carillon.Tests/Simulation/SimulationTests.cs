namespace Carillon.Tests.Simulation;

[Trait("Category", "Simulation")]
public sealed class SimulationTests
{
    [Theory, Seeds(2_000)]
    public void Under_crashes_stalls_skew_and_lost_messages_every_invariant_holds(int firstSeed, int count)
    {
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var broken = new Simulator(seed, new Faults()).Run();

            Assert.True(broken.Count == 0, $"seed {seed}: {string.Join("; ", broken.Take(5))}");
        }
    }

    // A commit whose answer never came: it was applied or it was not, and who asked for it cannot know.
    [Theory, Seeds(1_000)]
    public void When_the_outcome_of_one_call_in_four_is_unknown_every_invariant_holds(int firstSeed, int count)
    {
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var broken = new Simulator(seed, Faults.UnknownOutcomes).Run();

            Assert.True(broken.Count == 0, $"seed {seed}: {string.Join("; ", broken.Take(5))}");
        }
    }

    [Fact]
    public void Without_faults_every_invariant_holds()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var broken = new Simulator(seed, Faults.None).Run();

            Assert.True(broken.Count == 0, $"seed {seed}: {string.Join("; ", broken.Take(5))}");
        }
    }

    [Fact]
    public void With_the_fence_removed_seeds_fail_so_the_checkers_can_see()
    {
        var red = Enumerable.Range(0, 100).Count(seed => new Simulator(seed, new Faults { IsFenceRemoved = true }).Run().Count > 0);

        Assert.True(red >= 10, $"only {red} of 100 seeds failed without the fence");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var (one, other) = (new Simulator(7, new Faults()), new Simulator(7, new Faults()));

        one.Run();
        other.Run();

        Assert.NotEmpty(one.Oracle.Trace);
        Assert.Equal(one.Oracle.Trace, other.Oracle.Trace);
    }
}
