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

    private static Task<ApiHost> StartAsync(Exception error) => ApiHost.StartAsync(wrap: inner => BrokenStore.Around(inner, error));

    /// <summary>A store whose reads fail; what a host needs to start still works.</summary>
#pragma warning disable CA1852 // DispatchProxy derives from it
    public class BrokenStore : DispatchProxy
    {
        private object? _inner;
        private Exception? _error;

        internal static IStore Around(IStore inner, Exception error)
        {
            var store = Create<IStore, BrokenStore>();
            ((BrokenStore)(object)store)._inner = inner;
            ((BrokenStore)(object)store)._error = error;
            return store;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(IJobStore.ListAsync) => Task.FromException<IReadOnlyList<Job>>(_error!),
            nameof(ILeaseStore.ListLeasesAsync) => Task.FromException<IReadOnlyList<Lease>>(_error!),
            _ => targetMethod.Invoke(_inner, args),
        };
    }
#pragma warning restore CA1852
}
