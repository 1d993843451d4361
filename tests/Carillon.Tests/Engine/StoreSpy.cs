using System.Collections.Concurrent;
using System.Reflection;
using Carillon.Store;

namespace Carillon.Tests.Engine;

/// <summary>A store in front of another one: counts the calls, and fails or holds them up as a test says.</summary>
public class StoreSpy : DispatchProxy
{
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly ConcurrentDictionary<string, Func<Task>> _before = new();
    private readonly ConcurrentDictionary<string, Func<Task>> _after = new();
    private readonly ConcurrentDictionary<string, bool> _hanging = new();
    private object _inner = new();

    /// <summary>What <c>IsShared</c> says.</summary>
    public bool IsShared { get; set; }

    /// <summary>What <c>Ahead</c> says.</summary>
    public TimeSpan Ahead { get; set; }

    /// <summary>Whether what is fired ahead is fired, or left for its instant.</summary>
    public bool FiresAhead { get; set; }

    internal static StoreSpy Around(IStore inner, out IStore store)
    {
        store = Create<IStore, StoreSpy>();
        var spy = (StoreSpy)(object)store;
        spy._inner = inner;
        return spy;
    }

    /// <summary>The node's free slots, as a store sees them.</summary>
    internal IClaimOffer? Offer { get; private set; }

    public int Count(string call) => _calls.Count(name => name == call);

    /// <summary>From now on the call fails before it did anything.</summary>
    public void Fail(string call) => _before[call] = static () => throw new StoreUnavailableException("the test took the store away");

    /// <summary>From now on the call does its work, and its answer is lost.</summary>
    public void LoseReply(string call) => _after[call] = static () => throw new StoreUnavailableException("the test lost the answer");

    /// <summary>From now on the call waits for this before it begins.</summary>
    public void Hold(string call, Task until) => Hold(call, () => until);

    /// <summary>From now on each call waits for what this answers before it begins.</summary>
    public void Hold(string call, Func<Task> until) => _before[call] = until;

    /// <summary>From now on the call hangs until it is cancelled.</summary>
    public void Hang(string call) => _hanging[call] = true;

    public void Heal(string call)
    {
        _before.TryRemove(call, out _);
        _after.TryRemove(call, out _);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var name = targetMethod!.Name;
        if (name == "get_IsShared")
        {
            return IsShared;
        }

        if (name == "get_Ahead")
        {
            return Ahead;
        }

        _calls.Enqueue(name);
        if (name == "FireAheadAsync" && FiresAhead)
        {
            return ((IStore)_inner).FireAsync((IReadOnlyList<Firing>)args![0]!, (DateTimeOffset)args[1]!, CancellationToken.None);
        }

        Offer = name == "Accept" ? (IClaimOffer)args![0]! : Offer;
        if (!_before.ContainsKey(name) && !_after.ContainsKey(name) && !_hanging.ContainsKey(name))
        {
            return targetMethod.Invoke(_inner, args);
        }

        var result = targetMethod.ReturnType == typeof(Task) ? typeof(bool) : targetMethod.ReturnType.GetGenericArguments()[0];
        return GetType().BaseType!.GetMethod(nameof(CallAsync), BindingFlags.Instance | BindingFlags.NonPublic)!.MakeGenericMethod(result).Invoke(this, [targetMethod, args]);
    }

    private async Task<T> CallAsync<T>(MethodInfo method, object?[]? args)
    {
        await (_before.TryGetValue(method.Name, out var before) ? before() : Task.CompletedTask);
        await (_hanging.ContainsKey(method.Name) ? UntilCancelledAsync((CancellationToken)args![^1]!) : Task.CompletedTask);
        var running = (Task)method.Invoke(_inner, args)!;
        await running;
        await (_after.TryGetValue(method.Name, out var after) ? after() : Task.CompletedTask);
        return running is Task<T> typed ? await typed : default!;
    }

    private static async Task UntilCancelledAsync(CancellationToken cancellationToken)
    {
        var never = new TaskCompletionSource();
        await using var stop = cancellationToken.UnsafeRegister(_ => never.TrySetCanceled(cancellationToken), null);
        await never.Task;
    }
}
