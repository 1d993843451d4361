using System.Net;
using System.Reflection;
using Carillon.Store;

namespace Carillon.Tests.Rest;

public sealed class StoreTroubleTests
{
    [Fact]
    public async Task A_store_that_is_away_is_a_503_that_says_when_to_come_back()
    {
        await using var api = await StartAsync(new StoreUnavailableException("The file /secret/path.db is damaged."));

        var answer = await api.GetAsync("/api/v1/jobs");
        var ready = await api.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal("5", answer.Header("Retry-After"));
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status);
        Assert.Equal("store unavailable", ready["reason"].GetString());
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/health/live")).Status);
    }

    [Fact]
    public async Task A_full_store_is_a_507()
    {
        await using var api = await StartAsync(new StoreUnavailableException("full") { IsFull = true });

        Assert.Equal(HttpStatusCode.InsufficientStorage, (await api.GetAsync("/api/v1/jobs")).Status);
        Assert.Equal("store full", (await api.GetAsync("/health/ready"))["reason"].GetString());
    }

    [Fact]
    public async Task An_unexpected_exception_tells_nothing_of_the_inside()
    {
        await using var api = await StartAsync(new InvalidOperationException("select * from secret"));

        var answer = await api.GetAsync("/api/v1/jobs");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentHeaders.ContentType!.MediaType);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Text, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(answer["traceId"].GetString()));
    }

    [Fact]
    public async Task A_node_without_its_lease_is_not_ready()
    {
        await using var api = await ApiHost.StartAsync();

        var ready = await api.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status);
        Assert.Equal("node lease lost", ready["reason"].GetString());
    }

    [Fact]
    public async Task A_working_node_is_ready()
    {
        await using var api = await ApiHost.StartWorkingAsync(_ => { });

        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/health/ready")).Status);
    }

    private static Task<ApiHost> StartAsync(Exception error) =>
        ApiHost.StartAsync(wrap: inner => BrokenStore.Around(inner, error, nameof(IJobStore.ListAsync), nameof(ILeaseStore.ListLeasesAsync)));

    /// <summary>A store of which some calls fail; what a host needs to start still works.</summary>
#pragma warning disable CA1852 // DispatchProxy derives from it
    public class BrokenStore : DispatchProxy
    {
        private object? _inner;
        private Exception? _error;
        private string[] _calls = [];

        internal static IStore Around(IStore inner, Exception error, params string[] calls)
        {
            var store = Create<IStore, BrokenStore>();
            var broken = (BrokenStore)(object)store;
            (broken._inner, broken._error, broken._calls) = (inner, error, calls);
            return store;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            _calls.Contains(targetMethod!.Name) ? Failed(targetMethod.ReturnType, _error!) : targetMethod.Invoke(_inner, args);

        private static object Failed(Type task, Exception error) => task == typeof(Task)
            ? Task.FromException(error)
            : typeof(Task).GetMethods().Single(method => method is { Name: nameof(Task.FromException), IsGenericMethod: true })
                .MakeGenericMethod(task.GetGenericArguments()[0]).Invoke(null, [error])!;
    }
#pragma warning restore CA1852
}
