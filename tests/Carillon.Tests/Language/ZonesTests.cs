using Carillon.Language;

namespace Carillon.Tests.Language;

public sealed class ZonesTests
{
    [Theory]
    [InlineData("Europe/Berlin", "Europe/Berlin")]
    [InlineData("US/Eastern", "US/Eastern")]
    [InlineData("UTC", "UTC")]
    [InlineData("Etc/GMT+5", "Etc/GMT+5")]
    [InlineData("W. Europe Standard Time", "Europe/Berlin")]
    [InlineData("India Standard Time", "Asia/Kolkata")]
    public void Ids_of_the_list_and_of_Windows_are_found(string id, string iana)
    {
        Assert.True(Zones.TryFind(id, out var zone, out var error));

        Assert.Null(error);
        Assert.Equal(iana, zone.Id);
    }

    [Theory]
    [InlineData(null, "empty")]
    [InlineData("", "empty")]
    [InlineData("localtime", "differs from machine to machine")]
    [InlineData("posix/Europe/Berlin", "did you mean 'Europe/Berlin'?")]
    [InlineData("right/UTC", "did you mean 'UTC'?")]
    [InlineData("../x", "not in the IANA list")]
    [InlineData("Factory", "not in the IANA list")]
    [InlineData("UTC+02:00", "not in the IANA list")]
    [InlineData("europe/berlin", "did you mean 'Europe/Berlin'?")]
    [InlineData("Berlin", "did you mean 'Europe/Berlin'?")]
    [InlineData("New York", "did you mean 'America/New_York'?")]
    [InlineData("Europe/Dubln", "did you mean 'Europe/Dublin'?")]
    [InlineData("a\0b", "not in the IANA list")]
    public void Other_ids_are_refused_with_the_nearest(string? id, string expected)
    {
        Assert.False(Zones.TryFind(id, out var zone, out var error));

        Assert.Null(zone);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_overlong_id_is_refused_without_repeating_it()
    {
        Assert.False(Zones.TryFind(new string('x', 10_000), out _, out var error));

        Assert.Contains("10000 characters", error, StringComparison.Ordinal);
        Assert.InRange(error.Length, 0, 200);
    }

    [Fact]
    public void The_version_of_the_zone_data_is_known() => Assert.Matches("^20[0-9]{2}[a-z]$", Zones.Version);

    [Fact]
    public void Every_id_of_the_list_is_found() => Assert.All(Zones.Ids, id => Assert.True(Zones.TryFind(id, out _, out _)));

    [Fact]
    public void A_zone_shows_an_instant_by_its_clocks()
    {
        Assert.True(Zones.TryFind("America/New_York", out var zone, out _));

        Assert.Equal("2026-07-01T08:00:00.0000000-04:00", zone.ToLocal(LanguageCases.Instant("2026-07-01T12:00Z")).ToString("O"));
    }
}
