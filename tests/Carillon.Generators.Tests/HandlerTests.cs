using System.Reflection;
using Carillon.Store;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Generators.Tests;

/// <summary>What generated code does with a handler.</summary>
public sealed class HandlerTests
{
    [Fact]
    public async Task A_class_gets_its_services_and_is_made_for_each_attempt()
    {
        var snippet = Snippet.Compile("""
            public sealed class Post { public int Sent; }
            public sealed class LetterJobs(Post post, ILogger<LetterJobs>? logger = null, [FromKeyedServices("b")] Post? other = null)
            {
                private int _runs;

                [Handles("letters.send")]
                public async Task<string> SendAsync(int count, CancellationToken cancellationToken)
                {
                    await Task.Yield();
                    cancellationToken.ThrowIfCancellationRequested();
                    post.Sent += count;
                    return $"{post.Sent} {++_runs} {logger is null} {other is null}";
                }
            }
            public static class Setup { public static Action<IServiceCollection> Services() => services => services.AddSingleton<Post>(); }
            """);
        var host = snippet.Host(static (carillon, assembly) => Setup(assembly)(carillon.Services));
        var bare = snippet.Host();

        var results = ((await host.RunAsync("letters.send", """{"count":2}""")).Result, (await host.RunAsync("letters.send", """{"count":3}""")).Result);
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => bare.RunAsync("letters.send", """{"count":2}"""));

        Assert.Equal(("\"2 1 True True\"", "\"5 1 True True\""), results);
        Assert.Contains("Post", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_class_that_is_registered_already_is_taken_as_registered()
    {
        var snippet = Snippet.Compile("""
            public sealed class Counter { public int Count; [Handles("count")] public int Up() => ++Count; }
            public static class Setup { public static Action<IServiceCollection> Services() => services => services.AddSingleton<Counter>(); }
            """);
        var once = snippet.Host();
        var single = snippet.Host(static (carillon, assembly) => Setup(assembly)(carillon.Services));

        var fresh = ((await once.RunAsync("count")).Result, (await once.RunAsync("count")).Result);
        var kept = ((await single.RunAsync("count")).Result, (await single.RunAsync("count")).Result);

        Assert.Equal(("1", "1"), fresh);
        Assert.Equal(("1", "2"), kept);
    }

    [Theory]
    [InlineData("public static void Run() { }", null)]
    [InlineData("public static Task Run() => Task.CompletedTask;", null)]
    [InlineData("public static async Task Run() => await Task.Yield();", null)]
    [InlineData("public static ValueTask Run() => default;", null)]
    [InlineData("public static int Run() => 7;", "7")]
    [InlineData("public static int? Run() => null;", null)]
    [InlineData("public static string? Run() => null;", null)]
    [InlineData("public static Task<DayOfWeek> Run() => Task.FromResult(DayOfWeek.Friday);", "\"friday\"")]
    [InlineData("public static ValueTask<Guid[]> Run() => new([Guid.Empty]);", "[\"00000000-0000-0000-0000-000000000000\"]")]
    [InlineData("public static Task<Sum> Run() => Task.FromResult(new Sum(3, null));", "{\"total\":3,\"note\":null}")]
    [InlineData("public static Task<Sum?> Run() => Task.FromResult<Sum?>(null);", null)]
    public async Task What_a_handler_returns_is_the_jobs_result(string method, string? expected)
    {
        var host = Snippet.Compile($$"""public sealed record Sum(int Total, string? Note); public static class Jobs { [Handles("run")] {{method}} }""").Host();

        var (outcome, result) = await host.RunAsync("run");

        Assert.Null(outcome);
        Assert.Equal(expected, result);
    }

    [Theory]
    [InlineData("public static Task<Outcome?> Run(JobContext context) => Task.FromResult<Outcome?>(context.Snooze(TimeSpan.FromHours(1)));")]
    [InlineData("public static async Task<Outcome> Run(JobContext context) { await Task.Yield(); return context.Snooze(TimeSpan.FromHours(1)); }")]
    [InlineData("public static ValueTask<Outcome?> Run(JobContext context) => new(context.Snooze(TimeSpan.FromHours(1)));")]
    [InlineData("public static Outcome? Run(JobContext context) => context.Snooze(TimeSpan.FromHours(1));")]
    [InlineData("public static Outcome.Snoozed Run(JobContext context) => (Outcome.Snoozed)context.Snooze(TimeSpan.FromHours(1));")]
    public async Task An_outcome_is_passed_on(string method)
    {
        var host = Snippet.Compile($$"""public static class Jobs { [Handles("run")] {{method}} }""").Host();

        var (outcome, result) = await host.RunAsync("run");

        Assert.IsType<Outcome.Snoozed>(outcome);
        Assert.Null(result);
    }

    [Theory]
    [InlineData("RunAsync")]
    [InlineData("Run")]
    [InlineData("HandleAsync")]
    public async Task A_class_is_a_handler_by_its_one_suitable_method(string method)
    {
        var host = Snippet.Compile($$"""
            [Handles("unlock")] public sealed class Unlock { public Task<int> {{method}}(int by) => Task.FromResult(by + 1); public void Other() { } }
            public static class Caller { public static JobRequest Make() => Unlock.Job(4); }
            """).Host();

        var (_, result) = await host.RunAsync("unlock", host.ArgsOf("Caller", "Make"));

        Assert.Equal("5", result);
    }

    [Fact]
    public async Task One_record_is_the_whole_arguments_and_goes_through_the_hosts_contracts()
    {
        var host = Snippet.Compile("""
            public sealed record Order(int Id, string[] Lines) { public required DayOfWeek Day { get; init; } }
            public static class Jobs
            {
                [Handles("order")] public static string Take(Order order, JobContext context, ILogger logger, CancellationToken cancellationToken) =>
                    $"{order.Id} {string.Join('+', order.Lines)} {order.Day} {context.Handler} {logger is not null} {cancellationToken.CanBeCanceled}";
                public static JobRequest Make() => Jobs.TakeJob(new Order(7, ["a", "b"]) { Day = DayOfWeek.Sunday }) with { Delay = TimeSpan.FromMinutes(1) };
            }
            """).Host();

        var args = host.ArgsOf("Jobs", "Make");
        var (_, result) = await host.RunAsync("order", args);

        Assert.Equal("""{"id":7,"lines":["a","b"],"day":"sunday"}""", args);
        Assert.Equal("\"7 a\\u002Bb Sunday order True False\"", result);
    }

    [Fact]
    public async Task A_record_that_may_be_missing_is_null_without_arguments()
    {
        var host = Snippet.Compile("""
            public sealed record Order(int Id);
            public static class Jobs
            {
                [Handles("order")] public static bool Take(Order? order = null) => order is null;
                public static JobRequest Without() => Jobs.TakeJob();
                public static JobRequest With() => Jobs.TakeJob(new Order(1));
            }
            """).Host();

        Assert.Equal("true", (await host.RunAsync("order", host.ArgsOf("Jobs", "Without"))).Result);
        Assert.Equal("false", (await host.RunAsync("order", host.ArgsOf("Jobs", "With"))).Result);
    }

    [Fact]
    public async Task Defaults_hold_where_members_are_missing()
    {
        var host = Snippet.Compile("""
            public enum Size { Small = -1, Large = 2 }
            public static class Jobs
            {
                [Handles("all")] public static string All(
                    int whole = -5, long wide = long.MinValue, double real = 1.5, float thin = float.NaN, decimal money = 1.10m, char letter = '\'', bool isOn = true,
                    string text = "a\"\\b\n", Size size = Size.Small, Size? maybe = Size.Large, Guid id = default, int? none = null, string? nothing = null, uint @class = 3,
                    DateTime? at = null, CancellationToken cancellationToken = default) =>
                    FormattableString.Invariant($"{whole} {wide} {real} {thin} {money} {letter} {isOn} {text} {size} {maybe} {id == Guid.Empty} {none is null} {nothing is null} {@class} {at is null}");
                public static JobRequest Make() => Jobs.AllJob();
            }
            """).Host();

        var bare = (await host.RunAsync("all")).Result;
        var called = (await host.RunAsync("all", host.ArgsOf("Jobs", "Make"))).Result;

        Assert.Equal("\"-5 -9223372036854775808 1.5 NaN 1.10 \\u0027 True a\\u0022\\\\b\\n Small Large True True True 3 True\"", bare);
        Assert.Equal(bare, called);
    }

    [Fact]
    public async Task Members_are_found_whatever_their_case_and_order_and_unknown_ones_are_passed_over()
    {
        var host = Snippet.Compile("""public static class Jobs { [Handles("sum")] public static int Sum(int FirstOne, int IDCount) => FirstOne - IDCount; }""").Host();

        var (_, result) = await host.RunAsync("sum", """{"later":{"a":[1,{}]},"IDCOUNT":2,"x":null,"first\u004Fne":5}""");

        Assert.Equal("3", result);
    }

    [Theory]
    [InlineData("TimeSpan", "\"30s\"", "\"00:00:30\"")]
    [InlineData("TimeSpan", "\"1h30m\"", "\"01:30:00\"")]
    [InlineData("TimeSpan", "\"PT5M\"", "\"00:05:00\"")]
    [InlineData("DayOfWeek", "\"MONDAY\"", "\"monday\"")]
    [InlineData("DayOfWeek", "1", "\"monday\"")]
    [InlineData("int", "\"12\"", "12")]
    [InlineData("double", "1e3", "1000")]
    [InlineData("Guid", "\"{01890A5DAC96774BBCCEB302099A8057}\"", null)]
    [InlineData("Guid", "\"01890A5DAC96774BBCCEB302099A8057\"", "\"01890a5d-ac96-774b-bcce-b302099a8057\"")]
    [InlineData("TimeOnly", "\"09:30\"", "\"09:30:00\"")]
    public async Task Other_ways_to_write_a_value_are_read_too(string type, string json, string? expected)
    {
        var host = Snippet.Compile($$"""public static class Jobs { [Handles("x")] public static {{type}} Take({{type}} value) => value; }""").Host();
        var args = $$"""{"value":{{json}}}""";

        if (expected is null)
            Assert.NotEmpty(await host.RefusalAsync("x", args));
        else
            Assert.Equal(expected, (await host.RunAsync("x", args)).Result);
    }

    [Fact]
    public void Settings_and_schedules_stand_in_the_definition()
    {
        var handler = Snippet.Compile("""
            public static class Jobs
            {
                [Handles("nightly", Description = "Cleans \"up\"", Queue = "slow", MaxConcurrent = 2, Attempts = 3, Timeout = "1h30m", NeverRetry = new[] { typeof(ArgumentException), typeof(IOException) })]
                [Cron("0 9 * * MON-FRI", Zone = "Europe/Berlin")]
                [Cron("@daily", Name = "daily")]
                [Every("5m after end", Name = "often")]
                public static void Run(string name = "x", int[]? ids = null) { }
            }
            """).Host().Handler;

        Assert.Equal(("nightly", "Cleans \"up\"", "slow", 2, TimeSpan.FromMinutes(90)), (handler.Name, handler.Description, handler.Queue, handler.MaxConcurrent, handler.Timeout));
        Assert.Equal((3, null), (handler.Attempts, handler.Retry));
        Assert.Equal([typeof(ArgumentException), typeof(IOException)], handler.NeverRetry);
        Assert.Equal(
            [new(RecurrenceKind.Cron, "0 9 * * MON-FRI") { Zone = "Europe/Berlin" }, new(RecurrenceKind.Cron, "@daily") { Name = "daily" }, new(RecurrenceKind.Every, "5m after end") { Name = "often" }],
            handler.Schedules);
        Assert.Equal(
            """{"type":"object","properties":{"name":{"type":"string","default":"x"},"ids":{"anyOf":[{"type":"array","items":{"type":"integer","format":"int32"}},{"type":"null"}]}}}""",
            handler.ArgsSchema);
    }

    [Fact]
    public void The_schema_tells_the_members_of_records()
    {
        var handler = Snippet.Compile("""
            public sealed record Node(Guid Id, Node? Next) { public required DayOfWeek Day { get; init; } public Dictionary<string, int> Counts { get; init; } = []; }
            public static class Jobs { [Handles("x")] public static void Run(Node node) { } }
            """).Host().Handler;

        using var schema = System.Text.Json.JsonDocument.Parse(handler.ArgsSchema!);
        var root = schema.RootElement;

        Assert.Equal(["id", "next", "day", "counts"], root.GetProperty("properties").EnumerateObject().Select(static member => member.Name));
        Assert.Equal("uuid", root.GetProperty("properties").GetProperty("id").GetProperty("format").GetString());
        Assert.Equal("day", Assert.Single(root.GetProperty("required").EnumerateArray()).GetString());
    }

    [Fact]
    public void Static_classes_nested_classes_and_inherited_methods_are_called_as_their_members()
    {
        var source = """
            namespace Pen.Pal
            {
                public static class Tools { [Handles("a")] public static Task SweepAsync(int days) => Task.CompletedTask; }
                public static class Outer { internal sealed class Inner { [Handles("b")] internal void Go() { } [Handles("c")] public void Go(int times) { } } }
                public class Base { public void Run(string text) { } }
                [Handles("d")] public sealed class Derived : Base;
            }
            public static class Caller
            {
                public static string Make() => string.Join(' ', new[]
                {
                    Pen.Pal.ToolsCalls.SweepJob(1), Pen.Pal.OuterInnerCalls.GoJob(), Pen.Pal.OuterInnerCalls.GoJob(2), Pen.Pal.DerivedCalls.Job("x"),
                }.Select(request => request.Handler));
            }
            """;
        var extended = """
            namespace Elsewhere
            {
                using Pen.Pal;

                public static class Member { public static JobRequest[] Make() => [Tools.SweepJob(1), Outer.Inner.GoJob(), Outer.Inner.GoJob(times: 2), Derived.Job("x")]; }
            }
            """;

        Assert.Equal("a b c d", Snippet.Compile(source, LanguageVersion.CSharp13).Host().Call<string>("Caller", "Make"));
        Assert.Equal("a b c d", Snippet.Compile(source + extended).Host().Call<string>("Caller", "Make"));
    }

    [Fact]
    public void Old_code_and_odd_names_do_not_make_generated_code_warn()
    {
        var host = Snippet.Compile("""
            #pragma warning disable CS0612, CS0618
            [Obsolete("x")] public sealed record Old(int A);
            [Handles("odd <&> \" name")] public sealed class @event(IServiceProvider services)
            {
                public static string Writer => "";
                public void Run(Old writer, string @class, int reader, int context, int value0, string größe) => _ = services;
            }
            """).Host();

        Assert.Equal("odd <&> \" name", host.Handler.Name);
    }

    private static Action<IServiceCollection> Setup(Assembly assembly) =>
        (Action<IServiceCollection>)assembly.GetType("Setup", throwOnError: true)!.GetMethod("Services")!.Invoke(null, [])!;
}
