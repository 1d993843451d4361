using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Generators.Tests.Fixtures;

/// <summary>Where the handlers of this folder say what they did.</summary>
public sealed class Diary
{
    public IList<string> Lines { get; } = [];
}

/// <summary>An argument of the user's own.</summary>
public sealed record Letter(Guid Campus, string Text, DayOfWeek Day);

/// <summary>Handlers as users write them, compiled with the build settings of this repository.</summary>
public sealed class LetterJobs(Diary diary)
{
    [Handles("letters.unlock-due", Queue = "letters", Timeout = "30s", Attempts = 2)]
    public async Task<int> UnlockDueAsync(Guid campus, int max = 100, TimeSpan? grace = null, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        diary.Lines.Add($"unlock {campus:N} {max} {grace}");
        return max;
    }

    [Handles("letters.send")]
    public void Send(Letter letter, JobContext context) => diary.Lines.Add($"send {letter.Text} {letter.Day} {context.Attempt}");

    [Handles("letters.batch")]
    public Task<Outcome?> BatchAsync(IReadOnlyList<Letter> letters, JobContext context)
    {
        diary.Lines.Add($"batch {letters.Count}");
        return Task.FromResult(context.Attempt == 1 ? context.RetryAfter(TimeSpan.FromMinutes(1), "not yet") : null);
    }
}

/// <summary>A class that is one handler, with a schedule.</summary>
[Handles("diary.close")]
[Every("1h")]
internal sealed class CloseDiary(Diary diary, ILogger<CloseDiary> logger)
{
    private readonly ILogger _logger = logger;

    public Task RunAsync(ILogger attempt, DateOnly? day = null)
    {
        diary.Lines.Add($"close {day:O} {attempt != _logger}");
        return Task.CompletedTask;
    }
}

/// <summary>Handlers that need no instance.</summary>
internal static class Tools
{
    [Handles("tools.add")]
    [Cron("0 18 * * *", Zone = "Europe/Berlin", Name = "evening")]
    public static int Add(int left = 1, int right = 2) => left + right;
}
