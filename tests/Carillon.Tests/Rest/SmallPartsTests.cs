using System.Net;
using System.Text;
using System.Text.Json;
using Carillon.Access;
using Carillon.AspNetCore.Access;
using Carillon.AspNetCore.Endpoints;
using Carillon.AspNetCore.Json;
using Carillon.Language;
using Carillon.Store;
using Carillon.Testing;

namespace Carillon.Tests.Rest;

public sealed class SmallPartsTests
{
    [Theory]
    [InlineData("2027-01-01T00:00:00Z", true)]
    [InlineData("2027-01-01T00:00Z", true)]
    [InlineData("2027-01-01T00:00:00.1234567+05:30", true)]
    [InlineData("2027-01-01T00:00:00", false)]
    [InlineData("2027-01-01", false)]
    [InlineData("2027-02-30T00:00:00Z", false)]
    [InlineData("1767225600", false)]
    [InlineData("", false)]
    public void An_instant_has_an_offset(string text, bool isInstant) => Assert.Equal(isInstant, Instants.TryParse(text, out _));

    [Theory]
    [InlineData("prioritiy", "priority")]
    [InlineData("run_at", "runAt")]
    [InlineData("RUNAT", "runAt")]
    [InlineData("hanlder", "handler")]
    [InlineData("xyz", null)]
    public void The_name_that_was_meant_is_found(string given, string? nearest) => Assert.Equal(nearest, Spelling.Nearest(given, ["handler", "priority", "runAt"]));

    [Theory]
    [InlineData("{\"a\": 1}", "{\"a\": 1}")]
    [InlineData("plain \"text\"", "\"plain \\u0022text\\u0022\"")]
    public void A_result_that_is_no_json_is_shown_as_text(string result, string shown) => Assert.Equal(shown, Encoding.UTF8.GetString(RawJson.Of(result)!.Value.Utf8.Span));

    [Fact]
    public void Addresses_of_one_ipv6_network_count_together()
    {
        Assert.Equal(RefusalCount.Of(IPAddress.Parse("2001:db8::1")), RefusalCount.Of(IPAddress.Parse("2001:db8::ffff:2")));
        Assert.NotEqual(RefusalCount.Of(IPAddress.Parse("2001:db8:0:1::1")), RefusalCount.Of(IPAddress.Parse("2001:db8::1")));
        Assert.Equal("10.0.0.7", RefusalCount.Of(IPAddress.Parse("::ffff:10.0.0.7")));
    }

    [Fact]
    public void The_table_of_refusals_is_bounded_and_forgets()
    {
        var clock = new VirtualClock();
        var refusals = new RefusalCount(clock);
        for (var i = 0; i < 10_000; i++)
        {
            refusals.Note($"{i}");
        }

        var first = refusals.Note("beyond");
        var second = refusals.Note("beyond too");
        clock.Advance(TimeSpan.FromMinutes(1));
        var later = refusals.Note("beyond");

        Assert.Equal((1, 2, 1), (first.Count, second.Count, later.Count));
    }

    [Fact]
    public void A_budget_fills_up_again_to_its_burst_and_no_further()
    {
        var clock = new VirtualClock();
        var budget = new RateBudget(clock, 2, 3);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Equal(TimeSpan.Zero, budget.Take("k")));
        Assert.Equal(TimeSpan.FromSeconds(0.5), budget.Take("k"));

        clock.Advance(TimeSpan.FromHours(1));

        Assert.All(Enumerable.Range(0, 3), _ => Assert.Equal(TimeSpan.Zero, budget.Take("k")));
        Assert.NotEqual(TimeSpan.Zero, budget.Take("k"));
    }

    [Fact]
    public async Task Log_lines_are_paged_across_entries()
    {
        JournalEntry[] entries = [Entry(3, "a", "b", "c"), Entry(8, "d"), Entry(9, "e", "f")];
        Task<IReadOnlyList<JournalEntry>> Read(long? after) => Task.FromResult<IReadOnlyList<JournalEntry>>([.. entries.Where(entry => after is null || entry.Sequence > after).Take(2)]);

        var pages = new List<string>();
        string? place = null;
        do
        {
            var (items, next) = await LogPage.ReadAsync(Read, place, 2);
            pages.Add(string.Concat(items.Select(line => line.Text)));
            place = next;
        }
        while (place is not null);

        Assert.Equal(["ab", "cd", "ef"], pages);
    }

    [Fact]
    public void A_key_is_256_random_bits_and_its_hash_says_nothing_of_it()
    {
        var hash = KeyClient.Hash("carillon_x");

        Assert.Equal(64, hash.Length);
        Assert.DoesNotContain("carillon", hash, StringComparison.Ordinal);
    }

    private static JournalEntry Entry(long sequence, params string[] lines) => new()
    {
        Sequence = sequence,
        Subject = Subject.Of(Guid.Empty),
        Kind = JournalKinds.Log,
        At = DateTimeOffset.UnixEpoch,
        Data = JsonSerializer.Serialize(new { attempt = 1, lines = lines.Select(text => new { at = DateTimeOffset.UnixEpoch, level = "Information", text }) }),
    };
}
