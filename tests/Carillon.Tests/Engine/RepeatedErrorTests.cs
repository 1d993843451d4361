using Carillon.Engine;
using Carillon.Testing;

namespace Carillon.Tests.Engine;

public sealed class RepeatedErrorTests
{
    private readonly VirtualClock _clock = new();
    private readonly RepeatedError _error;

    public RepeatedErrorTests() => _error = new RepeatedError(_clock);

    [Fact]
    public void The_first_is_told_at_once_without_its_full_stop() => Assert.Equal("no disk", Tell("no disk."));

    [Fact]
    public void One_that_stays_is_told_once_a_minute_with_the_number_kept_back()
    {
        var told = new List<string?>();
        for (var second = 0; second <= 120; second++)
        {
            told.Add(Tell("no disk"));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 60, 120], Enumerable.Range(0, told.Count).Where(second => told[second] is not null));
        Assert.Equal("no disk (again, as 59 times since it was last told)", told[60]);
    }

    [Fact]
    public void Another_error_is_told_at_once()
    {
        Tell("no disk");

        Assert.Equal("no memory", Tell("no memory"));
    }

    [Fact]
    public void After_a_success_it_is_told_at_once()
    {
        Tell("no disk");

        _error.Forget();

        Assert.Equal("no disk", Tell("no disk"));
    }

    private string? Tell(string message) => _error.Tell(new IOException(message));
}
