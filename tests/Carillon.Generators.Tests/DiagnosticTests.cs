using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Tests;

/// <summary>Each rule, with the place that it points at.</summary>
public sealed class DiagnosticTests
{
    // The place is what stands between « and ».
    [Theory]
    [InlineData("CAR0001", "class J { [Handles(«\"\"»)] public void A() { } }", "'' is empty")]
    [InlineData("CAR0001", "class J { [Handles(«\" a\"»)] public void A() { } }", "blanks at its ends")]
    [InlineData("CAR0001", "class J { [Handles(«\"a\\nb\"»)] public void A() { } }", "control characters")]
    [InlineData("CAR0002", "class J { [Handles(\"a\")] public void A() { } [Handles(«\"a\"»)] public void B() { } }", "Two handlers are named 'a'")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(Action «then») { } }", "a delegate is code")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public unsafe void A(int* «at») { } }", "a pointer")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(ref int «at») { } }", "drop ref, out or in")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(out int «at») => at = 1; }", "drop ref, out or in")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(ReadOnlySpan<byte> «bytes») { } }", "a ref struct")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(IServiceProvider «services») { } }", "a service goes into the constructor")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(ILogger<J> «logger») { } }", "take the attempt's ILogger")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(Stream «file») { } }", "lives in its process only")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A((int, int) «pair») { } }", "use a record")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(int[,] «grid») { } }", "array of arrays")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(List<Func<int>> «all») { } }", "a delegate is code")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(Dictionary<string, Type> «all») { } }", "lives in its process only")]
    [InlineData("CAR0003", "abstract class S; class J { [Handles(\"a\")] public void A(S «shape») { } }", "[JsonDerivedType]")]
    [InlineData("CAR0003", "class J { [Handles(\"a\")] public void A(int id, int «ID») { } }", "case does not matter")]
    [InlineData("CAR0004", "class J { [Handles(\"a\")] public Task<Action> «A»() => null!; }", "a delegate is code")]
    [InlineData("CAR0004", "class J { [Handles(\"a\")] public IAsyncEnumerable<int> «A»() => null!; }", "an interface has no one form")]
    [InlineData("CAR0005", "[«Handles(\"a\")»] class J { public void Other() { } }", "has none")]
    [InlineData("CAR0005", "[«Handles(\"a\")»] class J { public void Run() { } public Task RunAsync() => Task.CompletedTask; }", "has 2 of them")]
    [InlineData("CAR0006", "abstract class J { [«Handles(\"a\")»] public void A() { } }", "is abstract")]
    [InlineData("CAR0006", "abstract class J { [«Handles(\"a\")»] public abstract void A(); }", "it is abstract")]
    [InlineData("CAR0006", "class J { [«Handles(\"a\")»] private void A() { } }", "not public or internal")]
    [InlineData("CAR0006", "class O { private class J { [«Handles(\"a\")»] public void A() { } } }", "its type J is not public or internal")]
    [InlineData("CAR0006", "file class J { [«Handles(\"a\")»] public void A() { } }", "local to its file")]
    [InlineData("CAR0006", "class J<T> { [«Handles(\"a\")»] public void A() { } }", "is generic")]
    [InlineData("CAR0006", "class J { [«Handles(\"a\")»] public void A<T>() { } }", "it is generic")]
    [InlineData("CAR0006", "struct J { [«Handles(\"a\")»] public void A() { } }", "is not a class")]
    [InlineData("CAR0006", "class J { public void A() { B(); [«Handles(\"a\")»] static void B() { } } }", "a local function")]
    [InlineData("CAR0007", "class J { [Handles(\"a\")] public async void «A»() => await Task.Yield(); }", "return Task instead")]
    [InlineData("CAR0008", "class J { J() { } [«Handles(\"a\")»] public void A() { } }", "no public or internal constructor")]
    [InlineData("CAR0008", "class J { public J() { } public J(object o) { } [«Handles(\"a\")»] public void A() { } }", "it has 2 constructors")]
    [InlineData("CAR0008", "class J(JobContext context) { [«Handles(\"a\")»] public void A() => _ = context; }", "belongs to one attempt")]
    [InlineData("CAR0008", "class J(ILogger logger) { [«Handles(\"a\")»] public void A() => _ = logger; }", "take ILogger<J> there")]
    [InlineData("CAR0009", "class J { [Handles(\"a\", Queue = «\"\"»)] public void A() { } }", "Queue ('') is empty")]
    [InlineData("CAR0009", "class J { [Handles(\"a\", MaxConcurrent = «-1»)] public void A() { } }", "MaxConcurrent (-1) must be from 1 to")]
    [InlineData("CAR0009", "class J { [Handles(\"a\", Attempts = «1001»)] public void A() { } }", "Attempts (1001) must be from 1 to 1000")]
    [InlineData("CAR0009", "class J { [Handles(\"a\", Timeout = «\"5 min\"»)] public void A() { } }", "Minutes are m.")]
    [InlineData("CAR0009", "class J { [Handles(\"a\", Timeout = «\"8d\"»)] public void A() { } }", "at most 7d")]
    [InlineData("CAR0009", "class J { [Handles(\"a\", NeverRetry = «new[] { typeof(string) }»)] public void A() { } }", "must be a type of exception")]
    [InlineData("CAR0009", "class J { [Handles(\"a\"), Every(\"5m\", Name = «\" \"»)] public void A() { } }", "blanks at its ends")]
    [InlineData("CAR0010", "class J { [Handles(\"a\"), Cron(\"0 «25» * * *\")] public void A() { } }", "The hour 25 is out of range")]
    [InlineData("CAR0010", "class J { [Handles(\"a\"), Cron(«@\"0 25 * * *\"»)] public void A() { } }", "The hour 25 is out of range")]
    [InlineData("CAR0010", "class J { [Handles(\"a\"), Cron(\"«0 9 * * *»\", Dialect = \"quartz\")] public void A() { } }", "Quartz begins with the second")]
    [InlineData("CAR0010", "class J { [Handles(\"a\"), Cron(\"0 9 * * *\", Dialect = «\"vixie\"»)] public void A() { } }", "The cron dialect 'vixie' is not known")]
    [InlineData("CAR0010", "class J { [Handles(\"a\"), Cron(«\"\"»)] public void A() { } }", "empty")]
    [InlineData("CAR0010", "class J { [Handles(\"a\"), Cron(\"@every 5«x»\")] public void A() { } }", "'x' is no unit")]
    [InlineData("CAR0011", "class J { [Handles(\"a\"), Every(\"5«min»\")] public void A() { } }", "Minutes are m.")]
    [InlineData("CAR0011", "class J { [Handles(\"a\"), Every(\"«5ms»\")] public void A() { } }", "at least 100ms")]
    [InlineData("CAR0012", "class J { [Handles(\"a\"), Cron(\"0 9 * * *\", Zone = «\"europe/berlin\"»)] public void A() { } }", "did you mean 'Europe/Berlin'")]
    [InlineData("CAR0012", "class J { [Handles(\"a\"), Cron(\"0 9 * * *\", Zone = «\"Mars\"»)] public void A() { } }", "is not in the IANA list")]
    [InlineData("CAR0013", "class J { [«Cron(\"0 9 * * *\")»] public void A() { } }", "[Cron] on 'A' does nothing")]
    [InlineData("CAR0013", "[«Every(\"5m\")»] class J { }", "[Every] on 'J' does nothing")]
    [InlineData("CAR0014", "class J { [Handles(\"a\"), Every(\"5m\")] public void «A»(int max) { } }", "'a' requires 'max'")]
    [InlineData("CAR0014", "record R(int X); [Handles(\"a\"), Every(\"5m\")] class «J» { public void Run(R r) { } }", "'a' requires 'r'")]
    [InlineData("CAR0015", "class J { [Handles(\"a\"), Every(\"5m\"), «Every(\"6m\")»] public void A() { } }", "Two schedules are named 'a'")]
    [InlineData("CAR0015", "class J { [Handles(\"a\"), Every(\"5m\")] public void A() { } [Handles(\"b\"), Every(\"5m\", Name = «\"a\"»)] public void B() { } }", "Two schedules are named 'a'")]
    [InlineData("CAR0016", "class J { [Handles(\"a\")] public void A(int x) { } [Handles(«\"b\"»)] public Task AAsync(int y) => Task.CompletedTask; }", "the call 'AJob'")]
    public void A_mistake_is_shown_where_it_is(string id, string marked, string message)
    {
        var (source, place) = Unmark(marked);

        var problem = Assert.Single(Snippet.Compile(source).Problems);

        Assert.Equal(id, problem.Id);
        Assert.Contains(message, problem.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal(("Snippet.cs", place), (problem.Location.GetLineSpan().Path, source.Substring(problem.Location.SourceSpan.Start, problem.Location.SourceSpan.Length)));
        Assert.Equal(problem.Location.SourceSpan.Start, problem.Location.GetLineSpan().StartLinePosition.Character);
        Assert.Equal(id == "CAR0012" ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error, problem.Severity);
    }

    [Fact]
    public void A_type_that_the_compiler_does_not_know_is_left_to_it()
    {
        var snippet = Snippet.Compile("""class J { [Handles("a")] public Missing A(Unknown x) => null!; }""");

        Assert.Empty(snippet.Problems);
        Assert.All(snippet.CompilerProblems, static problem => Assert.Equal("CS0246", problem.Id));
    }

    [Fact]
    public void A_handler_with_a_fault_leaves_AddHandlers_to_be_called()
    {
        var snippet = Snippet.Compile("""class J { [Handles("a")] void A() { } static void B(CarillonBuilder c) => c.AddHandlers(); }""");

        Assert.Equal("CAR0006", Assert.Single(snippet.Problems).Id);
        Assert.Empty(snippet.CompilerProblems);
    }

    [Fact]
    public void A_schedule_on_the_method_of_a_handler_class_belongs_to_it()
    {
        var handler = Snippet.Compile("""[Handles("a")] public sealed class J { [Every("5m")] public void Run() { } }""").Host().Handler;

        Assert.Equal("5m", Assert.Single(handler.Schedules).Expression);
    }

    [Fact]
    public void Code_without_handlers_gets_nothing()
    {
        Assert.Empty(Snippet.Compile("class J { }").Generated);
    }

    private static (string Source, string Place) Unmark(string marked)
    {
        var parts = marked.Split('«', '»');
        return (string.Concat(parts), parts[1]);
    }
}
