namespace Carillon.TestHost;

/// <summary>What jobs of the handler <c>hold</c> wait for; closed when the process starts.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Opened => _opened.Task;

    public void Open() => _opened.TrySetResult();
}
