using System.Text.Json;
using Carillon.Handlers;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Tests.Handlers;

public sealed class BuiltInHandlersTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void All_have_a_schema_that_names_exactly_the_members_they_read()
    {
        var handlers = BuiltInHandlers.All(Options()).ToDictionary(handler => handler.Name);

        Assert.Equal(["exec", "heartbeat", "http", "system_heartbeat"], handlers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(BuiltInHandlers.Names, handlers.Keys);
        Assert.Equal(HandlerJson.Default.HttpArgs.Properties.Select(property => property.Name), Members(handlers["http"]));
        Assert.Equal(HandlerJson.Default.ExecArgs.Properties.Select(property => property.Name), Members(handlers["exec"]));
        Assert.Empty(Members(handlers["heartbeat"]));
    }

    [Fact]
    public void Only_exec_is_privileged() =>
        Assert.Equal(["exec"], BuiltInHandlers.All(Options()).Where(handler => handler.IsPrivileged).Select(handler => handler.Name));

    [Fact]
    public void Wrong_allowed_targets_are_all_listed()
    {
        var error = Assert.Throws<InvalidRequestException>(() => BuiltInHandlers.All(Options() with { HttpAllow = ["a b", "ok.example", "10.0.0.1/8"] }));

        Assert.Equal(["http.allow[0]", "http.allow[2]"], error.Faults.Select(fault => fault.Field));
    }

    [Theory]
    [InlineData("system_heartbeat")]
    [InlineData("heartbeat")]
    public async Task A_heartbeat_says_who_lives_since_when_in_one_line(string name)
    {
        var attempts = new Attempts { Clock = _clock };
        var context = attempts.Context("");
        var handler = BuiltInHandlers.All(Options()).Single(handler => handler.Name == name);
        _clock.Advance(TimeSpan.FromSeconds(90));

        Assert.Null(await handler.Run(context));

        var result = JsonDocument.Parse(context.Result!).RootElement;
        Assert.Equal(["node", "at", "uptimeSeconds", "workingSetBytes"], result.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("north", 90), (result.GetProperty("node").GetString(), result.GetProperty("uptimeSeconds").GetDouble()));
        Assert.Equal(_clock.GetUtcNow(), result.GetProperty("at").GetDateTimeOffset());
        Assert.Single(attempts.Lines);
    }

    [Fact]
    public async Task A_heartbeat_takes_no_arguments()
    {
        var error = await Assert.ThrowsAsync<ArgumentsException>(() => BuiltInHandlers.All(Options()).Last().Run(new Attempts().Context("""{"x":1}""")));

        Assert.Equal("the arguments of 'test' are wrong: unknown member 'x'; it takes none", error.Message);
    }

    private static IEnumerable<string> Members(HandlerDefinition handler) =>
        JsonDocument.Parse(handler.ArgsSchema!).RootElement.GetProperty("properties").EnumerateObject().Select(member => member.Name);

    private BuiltInOptions Options() => new() { NodeName = "north", StartedAt = _clock.GetUtcNow() };
}
