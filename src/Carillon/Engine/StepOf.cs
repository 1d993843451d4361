namespace Carillon.Engine;

/// <summary>A duty of a room that does not know the engine.</summary>
internal sealed class StepOf(Func<CancellationToken, Task<DateTimeOffset?>> runOnce) : IStep
{
    public Task<DateTimeOffset?> RunOnceAsync(CancellationToken cancellationToken) => runOnce(cancellationToken);
}
