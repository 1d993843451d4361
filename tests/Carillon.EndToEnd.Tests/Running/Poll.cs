namespace Carillon.EndToEnd.Tests.Running;

/// <summary>Asks again until the answer is as wanted, for what the API has no wait for.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isWanted, string what)
    {
        using var timer = new PeriodicTimer(Interval);
        using var limit = new CancellationTokenSource(Patience);
        for (var answer = await ask(); ; answer = await ask())
        {
            if (isWanted(answer))
            {
                return answer;
            }

            Assert.False(limit.IsCancellationRequested, $"within {Patience} it never came to this: {what}");
            await timer.WaitForNextTickAsync();
        }
    }
}
