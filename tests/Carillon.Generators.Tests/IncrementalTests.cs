using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Carillon.Generators.Tests;

/// <summary>An edit costs only what it changes.</summary>
public sealed class IncrementalTests
{
    private const string Source = """
        public static class Jobs
        {
            [Handles("a")] public static void A(int x) { }
            [Handles("b"), Cron("0 9 * * *")] public static void B() { }
        }
        """;

    [Theory]
    [InlineData("class Other { int Value => 1; }\n" + Source)]
    [InlineData("// a line more\n\n" + Source)]
    [InlineData("""
        public static class Jobs
        {
            [Handles("a")] public static void A(int x) { Console.WriteLine(x); }
            [Handles("b"), Cron("0 9 * * *")] public static void B() { /* another body */ }
        }
        """)]
    public void An_edit_that_changes_no_handler_writes_nothing_anew(string edited)
    {
        var result = RunAfterEdit(edited);

        Assert.All(Steps(result, "Handlers"), static reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        Assert.All(Steps(result, "Calls"), static reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        Assert.All(Outputs(result), static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void A_changed_handler_is_written_anew_and_the_other_is_not()
    {
        var result = RunAfterEdit(Source.Replace("int x", "long x", StringComparison.Ordinal));

        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], Steps(result, "Handlers"));
    }

    private static GeneratorRunResult RunAfterEdit(string edited)
    {
        var (compilation, driver) = Snippet.Begin(Source);
        driver = driver.RunGenerators(compilation);
        var tree = compilation.SyntaxTrees[1];
        var changed = compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(edited, (CSharpParseOptions)tree.Options, tree.FilePath));
        return driver.RunGenerators(changed).GetRunResult().Results[0];
    }

    private static IEnumerable<IncrementalStepRunReason> Steps(GeneratorRunResult result, string name) =>
        result.TrackedSteps[name].SelectMany(static step => step.Outputs).Select(static output => output.Reason);

    private static IEnumerable<IncrementalStepRunReason> Outputs(GeneratorRunResult result) =>
        result.TrackedOutputSteps.SelectMany(static pair => pair.Value).SelectMany(static step => step.Outputs).Select(static output => output.Reason);
}
