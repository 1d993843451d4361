using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Store;
using Carillon.Testing;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Testing.Snippets;

// What docs/testing.md shows first, as one file: run here, and compared by DocumentationTests.
internal sealed record Letter(string To);

internal sealed class Post
{
    public int FailuresToCome { get; set; }

    public List<string> Sent { get; } = [];

    public Task SendAsync(Letter letter, JobContext job)
    {
        if (FailuresToCome-- > 0)
        {
            throw new IOException("The post office is closed.");
        }

        Sent.Add(letter.To);
        job.Logger.LogInformation("Sent to {To}", letter.To);
        return Task.CompletedTask;
    }
}

public sealed class LetterTests
{
    private readonly Post _post = new();

    private void Build(CarillonBuilder carillon) => carillon
        .Handle("letters.send", (Letter letter, JobContext job) => _post.SendAsync(letter, job))
        .Handle("letters.remind", async (Letter letter, JobContext job) =>
        {
            await Task.Delay(TimeSpan.FromMinutes(20), job.Clock, job.CancellationToken);
            await _post.SendAsync(letter, job);
        });

    [Fact]
    public async Task A_letter_that_could_not_be_sent_is_sent_again_after_five_seconds()
    {
        _post.FailuresToCome = 1;
        await using var carillon = await CarillonHarness.StartAsync(Build);

        var job = await carillon.RunAsync("letters.send", new Letter("Ada"));
        Assert.Equal(JobState.Pending, job.State);

        await carillon.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(["Ada"], _post.Sent);
        Assert.Equal(["retry", "succeeded"], (await carillon.AttemptsAsync(job.Id)).Select(attempt => attempt.State));
    }
}
