using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Carillon.Handlers;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Tests.Handlers;

public sealed class ExecHandlerTests
{
    private readonly Attempts _attempts = new();

    [Fact]
    public async Task A_program_that_exits_with_zero_succeeds_and_its_lines_stand_in_the_log()
    {
        var context = _attempts.Context(Shell("echo one; echo two >&2; printf three"));

        var outcome = await ExecHandler.Definition.Run(context);

        Assert.Null(outcome);
        Assert.Equal(["one", "three", "two"], _attempts.Lines.Order(StringComparer.Ordinal));
        Assert.Equal(0, JsonDocument.Parse(context.Result!).RootElement.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task Another_exit_code_fails_the_attempt_with_the_last_lines_of_its_error_stream()
    {
        var context = _attempts.Context(Shell("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i >&2; done; exit 3"));

        var error = await Assert.ThrowsAsync<AttemptFailedException>(() => ExecHandler.Definition.Run(context));

        Assert.StartsWith("/bin/sh exited with 3:\nline 3\n", error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\nline 12", error.ToString(), StringComparison.Ordinal);
        Assert.Null(context.Result);
    }

    [Fact]
    public async Task A_program_that_kills_itself_names_the_signal()
    {
        var error = await Assert.ThrowsAsync<AttemptFailedException>(() => ExecHandler.Definition.Run(_attempts.Context(Shell("kill -9 $$"))));

        Assert.Equal("/bin/sh exited with 137 (ended by signal 9), and wrote nothing to its error stream", error.Message);
    }

    [Fact]
    public async Task Arguments_are_passed_as_they_are_and_no_shell_reads_them()
    {
        const string args = """{"program":"printf","arguments":["%s\\n","$HOME; rm -rf *","a b","","\"q\""]}""";

        await ExecHandler.Definition.Run(_attempts.Context(args));

        Assert.Equal(["$HOME; rm -rf *", "a b", "", "\"q\""], _attempts.Lines);
    }

    [Fact]
    public async Task The_environment_is_small_and_tells_of_the_job()
    {
        var traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Activity.Current = null;

        await ExecHandler.Definition.Run(_attempts.Context("""{"program":"env","environment":{"GIVEN":"1","CARILLON_ATTEMPT":"forged"}}""", traceparent, CancellationToken.None));

        var environment = _attempts.Lines.Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Empty(environment.Keys.Except(["PATH", "HOME", "LANG", "TZ", "GIVEN", "CARILLON_JOB_ID", "CARILLON_ATTEMPT", "CARILLON_SCHEDULED_AT", "TRACEPARENT"]));
        Assert.Equal(("1", "2", traceparent), (environment["GIVEN"], environment["CARILLON_ATTEMPT"], environment["TRACEPARENT"]));
        Assert.Equal((Attempts.JobId.ToString(), "2026-03-01T12:00:00Z"), (environment["CARILLON_JOB_ID"], environment["CARILLON_SCHEDULED_AT"]));
    }

    [Fact]
    public async Task It_runs_in_the_given_directory_and_finds_a_path_from_there()
    {
        await ExecHandler.Definition.Run(_attempts.Context("""{"program":"./sh","arguments":["-c","pwd"],"workingDirectory":"/bin"}"""));

        Assert.Contains(Assert.Single(_attempts.Lines), new[] { "/bin", "/usr/bin" });
    }

    [Fact]
    public async Task Its_input_is_empty_so_that_it_cannot_wait_for_someone()
    {
        await ExecHandler.Definition.Run(_attempts.Context("""{"program":"cat"}"""));

        Assert.Empty(_attempts.Lines);
    }

    [Fact]
    public async Task A_line_without_end_is_cut()
    {
        await ExecHandler.Definition.Run(_attempts.Context(Shell("head -c 100000 /dev/zero | tr '\\\\0' x; echo; echo next")));

        Assert.Equal([LineSplitter.MaxLine + "… (cut)".Length, 4], _attempts.Lines.Select(line => line.Length));
    }

    [Fact]
    public async Task What_a_program_leaves_behind_does_not_hold_the_job()
    {
        var clock = new HandClock();
        var attempts = new Attempts { Clock = clock };
        var running = ExecHandler.Definition.Run(attempts.Context(Shell("sleep 1000 & echo $!")));
        await clock.ArmedAsync(TimeSpan.FromSeconds(2));

        clock.Advance(TimeSpan.FromSeconds(2));
        await running;

        Assert.Contains("The program has ended, but something that it left behind holds its output open; it is no longer read", attempts.Lines);
        Process.GetProcessById(int.Parse(attempts.Lines[0], CultureInfo.InvariantCulture)).Kill();
    }

    [Fact]
    public async Task A_cancelled_job_ends_the_program_and_all_that_it_started()
    {
        using var stop = new CancellationTokenSource();
        var running = ExecHandler.Definition.Run(_attempts.Context(Shell("sleep 1000 & echo $!; echo ready; wait"), stop.Token));
        await _attempts.SeesAsync("ready");
        using var child = Process.GetProcessById(int.Parse(_attempts.Lines[0], CultureInfo.InvariantCulture));

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await child.WaitForExitAsync();
    }

    [Fact]
    public async Task A_program_that_does_not_heed_the_signal_is_killed_after_five_seconds()
    {
        var clock = new HandClock();
        var attempts = new Attempts { Clock = clock };
        using var stop = new CancellationTokenSource();
        var running = ExecHandler.Definition.Run(attempts.Context(Shell("trap '' TERM; sleep 1000 & echo ready; while true; do wait; done"), stop.Token));
        await attempts.SeesAsync("ready");
        await stop.CancelAsync();
        await clock.ArmedAsync(TimeSpan.FromSeconds(5));
        Assert.False(running.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Contains("The program did not end within 00:00:05 and was killed, with all that it had started", attempts.Lines);
    }

    [Fact]
    public async Task A_program_may_clean_up_when_it_is_asked_to_end()
    {
        using var stop = new CancellationTokenSource();
        var running = ExecHandler.Definition.Run(_attempts.Context(Shell("trap 'echo cleaned; exit 0' TERM; echo ready; while true; do sleep 0.05; done"), stop.Token));
        await _attempts.SeesAsync("ready");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Contains("cleaned", _attempts.Lines);
    }

    [Theory]
    [InlineData("""{"program":"no-such-program"}""", "the program 'no-such-program' was not found in PATH")]
    [InlineData("""{"program":"/no/such"}""", "the program '/no/such' does not exist, or is not a file")]
    [InlineData("""{"program":"/etc/passwd"}""", "the program '/etc/passwd' may not be run: it lacks the permission to execute")]
    [InlineData("""{"program":"/bin"}""", "the program '/bin' does not exist, or is not a file")]
    [InlineData("""{"program":""}""", "program is empty")]
    [InlineData("""{"program":"sh","workingDirectory":"/no/such"}""", "workingDirectory '/no/such' does not exist")]
    [InlineData("""{"program":"sh","arguments":["a\u0000b"]}""", "NUL character")]
    [InlineData("""{"program":"sh","environment":{"A=B":"c"}}""", "'A=B' is not a variable's name")]
    public async Task What_cannot_be_run_is_dead_at_once_with_clear_words(string args, string words)
    {
        var outcome = await ExecHandler.Definition.Run(_attempts.Context(args));

        var dead = Assert.IsType<Outcome.Dead>(outcome);
        Assert.Equal("error", dead.Reason);
        Assert.Contains(words, dead.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"program":"sh","args":[]}""", "unknown member 'args'; known are program, arguments, workingDirectory, environment")]
    [InlineData("""{"program":"sh","arguments":"-c"}""", "a list of texts was expected")]
    [InlineData("{}", "member 'program' is required")]
    public async Task Arguments_are_read_strictly(string args, string words)
    {
        var error = await Assert.ThrowsAsync<ArgumentsException>(() => ExecHandler.Definition.Run(_attempts.Context(args)));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static string Shell(string script) =>
        $$"""{"program":"/bin/sh","arguments":["-c",{{JsonSerializer.Serialize(script.Replace("\\\\", "\\", StringComparison.Ordinal))}}]}""";
}
