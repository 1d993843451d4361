using System.Reflection;

namespace Carillon.Store.Tests.Failing;

/// <summary>How a call of the store fails.</summary>
public enum FailureMode
{
    /// <summary>It throws and nothing was done.</summary>
    BeforeEffect,

    /// <summary>It was done, and the answer is an exception.</summary>
    AfterEffect,

    /// <summary>It throws, as if it had been cancelled by somebody else than its caller.</summary>
    Cancelled,
}

/// <summary>
/// A store whose n-th call fails, whichever that is. A proxy, so that no call of the seam can be forgotten when the seam grows.
/// </summary>
public class FailingStore : DispatchProxy
{
    private const string Uncounted = "get_ add_ remove_";
    private static readonly MethodInfo ThenFailOfT = typeof(FailingStore).GetMethod(nameof(ThenFailWithAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    private IStore _inner = null!;
    private int _failing;
    private FailureMode _mode;
    private int _calls;

    /// <summary>Told of each call as it begins.</summary>
    public Action<string> Called { get; set; } = static _ => { };

    /// <summary>The call that failed; null as long as none did.</summary>
    public string? Failed { get; private set; }

    internal static (IStore Store, FailingStore Control) Around(IStore inner, int failing, FailureMode mode)
    {
        var store = Create<IStore, FailingStore>();
        var control = (FailingStore)(object)store;
        (control._inner, control._failing, control._mode) = (inner, failing, mode);
        return (store, control);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = targetMethod!;
        var isCounted = !Uncounted.Contains(method.Name[..Math.Min(4, method.Name.Length)], StringComparison.Ordinal) && typeof(Task).IsAssignableFrom(method.ReturnType) && method.Name != nameof(IStore.UpgradeSchemaAsync);
        if (isCounted)
        {
            Called(method.Name);
        }

        if (!isCounted || Interlocked.Increment(ref _calls) != _failing)
        {
            return method.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
        }

        Failed = method.Name;
        var task = _mode == FailureMode.AfterEffect ? (Task)method.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null)! : Task.CompletedTask;
        return method.ReturnType.IsGenericType
            ? ThenFailOfT.MakeGenericMethod(method.ReturnType.GetGenericArguments()).Invoke(null, [task, Fault(method.Name)])
            : ThenFailAsync(task, Fault(method.Name));
    }

    private Exception Fault(string method) => _mode == FailureMode.Cancelled
        ? new OperationCanceledException($"{method} was cancelled by the test")
        : new StoreUnavailableException($"{method} was made to fail by the test");

    private static async Task ThenFailAsync(Task effect, Exception fault)
    {
        await effect;
        throw fault;
    }

    private static async Task<T> ThenFailWithAsync<T>(Task effect, Exception fault)
    {
        await effect;
        throw fault;
    }
}
