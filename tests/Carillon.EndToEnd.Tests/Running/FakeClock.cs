using System.Globalization;

namespace Carillon.EndToEnd.Tests.Running;

/// <summary>The wall clock of a process under libfaketime: the machine's, plus an offset that can be changed while it runs. Its monotonic clock stays real.</summary>
internal sealed class FakeClock
{
    private readonly string _file;

    public FakeClock(string file)
    {
        _file = file;
        Set(TimeSpan.Zero);
    }

    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib", "*-linux-*").Append("/usr/lib").Select(directory => Path.Combine(directory, "faketime/libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    public TimeSpan Offset { get; private set; }

    /// <summary>What the process takes for now.</summary>
    public DateTimeOffset Now => TimeProvider.System.GetUtcNow() + Offset;

    public ServerStart Apply(ServerStart start) => start
        .With("LD_PRELOAD", Library!).With("FAKETIME_TIMESTAMP_FILE", _file).With("FAKETIME_NO_CACHE", "1").With("FAKETIME_DONT_FAKE_MONOTONIC", "1");

    public void Jump(TimeSpan step) => Set(Offset + step);

    /// <summary>Jumps so that it is <paramref name="rest"/> before the next whole minute.</summary>
    public void JumpBeforeMinute(TimeSpan rest)
    {
        var now = Now;
        Jump(new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero) + TimeSpan.FromMinutes(now.Second < 50 ? 1 : 2) - rest - now);
    }

    // A rename is one step: the process never reads half a number.
    private void Set(TimeSpan offset)
    {
        Offset = offset;
        File.WriteAllText(_file + ".new", offset.TotalSeconds.ToString("+0.000;-0.000", CultureInfo.InvariantCulture) + "\n");
        File.Move(_file + ".new", _file, overwrite: true);
    }
}
