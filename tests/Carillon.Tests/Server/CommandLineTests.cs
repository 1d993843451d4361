using System.CommandLine;
using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Tests.Server;

public sealed class CommandLineTests
{
    public static TheoryData<string> EveryVerb
    {
        get
        {
            var verbs = new TheoryData<string>();
            Leaves(CommandLine.Root(), "").ForEach(verbs.Add);
            return verbs;
        }
    }

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public async Task Every_verb_has_help_with_an_example_that_calls_it(string verb)
    {
        var (exitCode, output, error) = await RunAsync([.. verb.Split(' '), "--help"]);

        Assert.Equal((Exit.Ok, ""), (exitCode, error));
        Assert.Contains($"  carillon {verb}", output[output.IndexOf("Example", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("--json", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public void Every_example_is_understood_by_the_parser(string verb)
    {
        var root = CommandLine.Root();
        var command = verb.Split(' ').Aggregate(root, (at, word) => at.Subcommands.Single(sub => sub.Name == word));

        foreach (var example in ((Verb)command).Examples)
        {
            Assert.Empty(root.Parse(Words(example), CommandLine.Grammar).Errors);
        }
    }

    [Theory]
    [InlineData("jb list", "Did you mean job?")]
    [InlineData("perhaps", "'perhaps' is not a verb of carillon; there are serve, apply, job, ")]
    [InlineData("queue perhaps", "'perhaps' is not a verb of carillon queue; there are ")]
    [InlineData("job lst", "Did you mean list?")]
    [InlineData("job list --sate dead", "Did you mean --state?")]
    [InlineData("job list --limit many", "many")]
    [InlineData("job show", "id")]
    [InlineData("key create a --role boss", "boss")]
    [InlineData("queue limit a many", "count (many) must be a whole number above 0, or none")]
    [InlineData("job enqueue a --args {", "--args is not JSON at line 1")]
    [InlineData("job enqueue a --args @/nowhere/at/all", "cannot be read")]
    [InlineData("job list --server nowhere", "--server (nowhere) must be an address such as")]
    [InlineData("db backup x --store nowhere", "--store (nowhere) must be sqlite:PATH")]
    [InlineData("db backup x --store memory", "holds nothing")]
    public async Task Bad_input_ends_with_2_and_says_what_was_meant(string line, string expected)
    {
        var (exitCode, output, error) = await RunAsync(line.Split(' '));

        Assert.Equal((Exit.BadInput, ""), (exitCode, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_server_one_line_says_what_to_start()
    {
        var (exitCode, _, error) = await RunAsync("job", "list", "--server", "http://127.0.0.1:1");

        Assert.Equal(Exit.NotReachable, exitCode);
        Assert.Equal($"No server answers at http://127.0.0.1:1/ (connection refused). Start one with ./run or `carillon serve`, or name another with --server URL or CARILLON_SERVER.{Environment.NewLine}", error);
    }

    [Fact]
    public async Task The_version_is_told_to_people_and_to_scripts()
    {
        var (_, text, _) = await RunAsync("version");
        var (_, json, _) = await RunAsync("version", "--json");

        using var document = JsonDocument.Parse(json);
        Assert.StartsWith($"carillon {document.RootElement.GetProperty("version").GetString()} (", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_file_is_checked_without_a_server()
    {
        using var directory = new TestDirectory();
        var (good, bad) = (directory.Write("good.yaml", "schedules: []"), directory.Write("bad.yaml", "shedules: []"));

        var fine = await RunAsync("apply", good, "--check");
        var refused = await RunAsync("apply", bad, "--check");
        var missing = await RunAsync("apply", directory.PathOf("none.yaml"), "--check");

        Assert.Equal((Exit.Ok, Exit.BadInput, Exit.NotFound), (fine.ExitCode, refused.ExitCode, missing.ExitCode));
        Assert.Contains("did you mean 'schedules'?", refused.Error, StringComparison.Ordinal);
    }

    internal static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(args, output, error, CancellationToken.None);
        return (exitCode, output.ToString(), error.ToString());
    }

    private static List<string> Leaves(Command command, string path) =>
        command.Subcommands.Count == 0 ? [path] : [.. command.Subcommands.SelectMany(sub => Leaves(sub, path.Length == 0 ? sub.Name : $"{path} {sub.Name}"))];

    // As a shell splits: blanks outside of single quotes.
    private static List<string> Words(string line) =>
        [.. line.Split('\'').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Skip(1)];
}
