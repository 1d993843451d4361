using Carillon.Store;

namespace Carillon.Tests.Store;

public sealed class JobIdsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_id_is_a_version_7_uuid_of_the_clocks_millisecond()
    {
        var id = new JobIds(new SetClock(Noon), new Chance(1)).Next();

        Assert.Equal((7, 0b10), (id.Version, id.Variant >> 2));
        Assert.Equal(Noon.ToUnixTimeMilliseconds(), MillisecondsOf(id));
    }

    [Fact]
    public void Ids_rise_strictly_within_a_millisecond()
    {
        var ids = new JobIds(new SetClock(Noon), new Chance(1));

        var made = Enumerable.Range(0, 100_000).Select(_ => ids.Next()).ToList();

        AssertRise(made);
        Assert.All(made, id => Assert.Equal(Noon.ToUnixTimeMilliseconds(), MillisecondsOf(id)));
    }

    [Fact]
    public void Ids_rise_as_bytes_and_as_text_too()
    {
        var clock = new SetClock(Noon);
        var ids = new JobIds(clock, new Chance(7));
        var made = new List<Guid>();
        for (var i = 0; i < 1000; i++)
        {
            clock.Now += TimeSpan.FromMilliseconds(i % 3);
            made.Add(ids.Next());
        }

        var texts = made.ConvertAll(id => id.ToString());
        var bytes = made.ConvertAll(id => Convert.ToHexString(id.ToByteArray(bigEndian: true)));

        Assert.Equal(texts.Order(StringComparer.Ordinal), texts);
        Assert.Equal(bytes.Order(StringComparer.Ordinal), bytes);
    }

    [Fact]
    public void Ids_rise_over_a_backward_step_of_the_clock()
    {
        var clock = new SetClock(Noon);
        var ids = new JobIds(clock, new Chance(1));
        var made = new List<Guid>();
        for (var i = 0; i < 100; i++)
        {
            made.Add(ids.Next());
            clock.Now -= TimeSpan.FromMinutes(i);
        }

        AssertRise(made);
    }

    [Fact]
    public void Ids_made_at_once_by_many_threads_differ()
    {
        var ids = new JobIds(new SetClock(Noon), new Chance(1));

        var made = new Guid[20_000];
        Parallel.For(0, made.Length, i => made[i] = ids.Next());

        Assert.Equal(made.Length, made.Distinct().Count());
    }

    [Fact]
    public void The_same_seed_makes_the_same_ids()
    {
        var one = new JobIds(new SetClock(Noon), new Chance(5));
        var two = new JobIds(new SetClock(Noon), new Chance(5));
        var other = new JobIds(new SetClock(Noon), new Chance(6));

        var id = one.Next();

        Assert.Equal(id, two.Next());
        Assert.NotEqual(id, other.Next());
    }

    [Fact]
    public void The_first_id_of_an_instant_is_above_all_before_and_not_above_any_at_it()
    {
        var clock = new SetClock(Noon - TimeSpan.FromMilliseconds(1));
        var ids = new JobIds(clock, new Chance(3));
        var before = ids.Next();
        clock.Now = Noon;
        var at = ids.Next();

        var first = JobIds.FirstAt(Noon);

        Assert.True(before.CompareTo(first) < 0);
        Assert.True(first.CompareTo(at) <= 0);
    }

    [Fact]
    public void The_first_id_of_an_instant_before_1970_is_the_lowest() =>
        Assert.Equal(JobIds.FirstAt(DateTimeOffset.UnixEpoch), JobIds.FirstAt(DateTimeOffset.MinValue));

    private static void AssertRise(List<Guid> ids) =>
        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(pair.First.CompareTo(pair.Second) < 0));

    private static long MillisecondsOf(Guid id) => Convert.ToInt64(id.ToString("N")[..12], 16);

    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
