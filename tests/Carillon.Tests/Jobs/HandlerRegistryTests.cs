using System.Text.Json;
using Carillon.Jobs;
using Carillon.Store;
using Carillon.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Jobs;

public sealed class HandlerRegistryTests
{
    private readonly List<string> _steps = [];

    [Fact]
    public async Task The_layer_that_was_added_first_stands_outermost()
    {
        var registry = new HandlerRegistry([Handler("work")], [Layer("one"), Layer("two")]);

        await registry.Find("work")!.Run(Context());

        Assert.Equal(["one in", "two in", "work", "two out", "one out"], _steps);
    }

    [Fact]
    public async Task A_layer_may_answer_in_the_handlers_place()
    {
        var registry = new HandlerRegistry([Handler("work")], [(_, _) => Task.FromResult<Outcome?>(JobContext.Fail("closed"))]);

        var outcome = await registry.Find("work")!.Run(Context());

        Assert.Equal(new Outcome.Dead("error", "closed"), outcome);
        Assert.Empty(_steps);
    }

    [Fact]
    public async Task A_layer_sees_what_the_handler_threw()
    {
        Exception? seen = null;
        var handler = new HandlerDefinition { Name = "work", Run = static _ => throw new InvalidOperationException("it failed") };
        var registry = new HandlerRegistry([handler], [async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (InvalidOperationException error)
            {
                seen = error;
                throw;
            }
        }]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => registry.Find("work")!.Run(Context()));

        Assert.NotNull(seen);
    }

    [Fact]
    public void Handlers_are_found_by_their_exact_name_and_listed_by_name()
    {
        var registry = new HandlerRegistry([Handler("mail"), Handler("letters")], []);

        Assert.Equal(["letters", "mail"], registry.All.Select(handler => handler.Name));
        Assert.Null(registry.Find("Letters"));
        Assert.Equal(["letters", "mail"], registry.Limits.Keys.Order());
    }

    private HandlerDefinition Handler(string name) => new() { Name = name, Run = _ => { _steps.Add(name); return Task.FromResult<Outcome?>(null); } };

    private Func<JobContext, JobDelegate, Task<Outcome?>> Layer(string name) => async (context, next) =>
    {
        _steps.Add($"{name} in");
        var outcome = await next(context);
        _steps.Add($"{name} out");
        return outcome;
    };

    private static JobContext Context()
    {
        var clock = new VirtualClock();
        var now = clock.GetUtcNow();
        var job = new Job { Id = new Guid(1, 0, 0, new byte[8]), Handler = "work", ScheduledAt = now, RunAt = now, CreatedAt = now };
        return new JobContext(job, new JobServices(null!, clock, new JsonSerializerOptions()), NullLogger.Instance, CancellationToken.None);
    }
}
