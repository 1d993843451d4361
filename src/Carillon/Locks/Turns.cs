namespace Carillon.Locks;

/// <summary>Those of this process that want the same name ask the store one after the other, in the order in which they came.</summary>
internal sealed class Turns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedList<TaskCompletionSource>> _waiting = new(StringComparer.Ordinal);

    /// <summary>Comes back when it is the caller's turn; false when the token was cancelled first, and then there is nothing to leave.</summary>
    public async Task<bool> TryEnterAsync(string name, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> place;
        lock (_lock)
        {
            if (!_waiting.TryGetValue(name, out var line))
            {
                // An empty line: somebody has the turn and nobody waits.
                _waiting[name] = new LinkedList<TaskCompletionSource>();
                return true;
            }

            place = line.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        await place.Value.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            place.List?.Remove(place);
            return place.Value.Task.IsCompleted;
        }
    }

    public void Leave(string name)
    {
        lock (_lock)
        {
            var line = _waiting[name];
            if (line.First is not { } next)
            {
                _waiting.Remove(name);
                return;
            }

            line.RemoveFirst();
            next.Value.SetResult();
        }
    }
}
