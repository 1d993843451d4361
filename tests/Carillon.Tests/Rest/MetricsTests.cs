using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;
using Carillon.AspNetCore.Metrics;

namespace Carillon.Tests.Rest;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task Without_performance_monitoring_a_scrape_shows_what_is_read_then()
    {
        await using var api = await ApiHost.StartWorkingAsync(carillon => carillon.Configure(options => options.EnablePerformanceMonitoring = false));

        var answer = await api.GetAsync("/metrics");

        Assert.DoesNotContain("carillon_store_duration", answer.Text, StringComparison.Ordinal);
        Assert.Contains("carillon_store_up 1\n", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scrape_shows_what_ran_and_what_waits()
    {
        await using var api = await ApiHost.StartWorkingAsync(carillon => carillon.Handle("x", _ => Task.CompletedTask));
        var id = (await api.PostAsync("/api/v1/jobs", """{"handler":"x","queue":"say \"hi\"\\"}"""))["id"].GetString();
        await api.GetAsync($"/api/v1/jobs/{id}/wait");
        await api.PostAsync("/api/v1/jobs", """{"handler":"nobody","queue":"mail"}""");

        var answer = await api.GetAsync("/metrics");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Header("Content-Type"));
        Assert.Contains("carillon_queue_depth{messaging_destination_name=\"mail\",state=\"pending\"} 1\n", answer.Text, StringComparison.Ordinal);
        Assert.Contains("messaging_process_duration_seconds_count", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\\\"hi\\\"\\\\\"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("carillon_store_up 1\n", answer.Text, StringComparison.Ordinal);
        Assert.Contains("carillon_leader 1\n", answer.Text, StringComparison.Ordinal);
        Assert.Contains("process_resident_memory_bytes", answer.Text, StringComparison.Ordinal);
        Assert.All(answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(Line(), line));
    }

    [Fact]
    public async Task Every_metric_is_described_before_its_values_and_only_once()
    {
        await using var api = await ApiHost.StartAsync();

        var lines = (await api.GetAsync("/metrics")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var types = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToList();
        Assert.Equal(types.Distinct(), types);
        Assert.Equal(types, lines.Where(line => line.StartsWith("# HELP ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]));
    }

    [Fact]
    public void A_gauge_shows_what_was_measured_last()
    {
        using var meter = new Meter("test");
        var measured = new Measured(meter.CreateGauge<double>("a.b", "s", "help"), "gauge");
        var text = new PrometheusText();

        measured.Add(5, []);
        measured.Add(-3, []);
        text.Write(measured);

        Assert.Contains("a_b_seconds -3\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_counts_what_is_at_or_below_each_bound()
    {
        using var meter = new Meter("test");
        var measured = new Measured(meter.CreateHistogram("a.b", "s", "help", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] }), "histogram");
        var text = new PrometheusText();

        measured.Add(0.5, []);
        measured.Add(1, []);
        measured.Add(1.5, []);
        measured.Add(9, []);
        text.Write(measured);

        Assert.Equal(
            "# HELP a_b_seconds help\n# TYPE a_b_seconds histogram\na_b_seconds_bucket{le=\"1\"} 2\na_b_seconds_bucket{le=\"2\"} 3\na_b_seconds_bucket{le=\"+Inf\"} 4\na_b_seconds_sum 12\na_b_seconds_count 4\n",
            text.ToString());
    }

    [Fact]
    public void Too_many_tags_count_together_instead_of_filling_the_memory()
    {
        using var meter = new Meter("test");
        var measured = new Measured(meter.CreateCounter<long>("c"), "counter");

        for (var i = 0; i < 2_100; i++)
        {
            measured.Add(1, [new KeyValuePair<string, object?>("id", i)]);
        }

        Assert.Equal(2_001, measured.All.Count());
        Assert.Equal(2_100, measured.All.Sum(pair => pair.Value.Sum));
    }

    [Fact]
    public async Task The_page_of_metrics_names_every_one_and_no_other()
    {
        await using var api = await ApiHost.StartWorkingAsync(_ => { });
        var scraped = (await api.GetAsync("/metrics")).Text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]);

        var documented = Documented().Matches(await File.ReadAllTextAsync(Repository.Path("docs/metrics.md"))).Select(match => match.Groups[1].Value);

        Assert.Equal(scraped.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Metrics_are_not_for_strangers()
    {
        await using var api = await ApiHost.StartAsync();
        api.RemoteAddress = IPAddress.Parse("10.0.0.7");

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync("/metrics")).Status);
    }

    [GeneratedRegex(@"^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*=""(\\.|[^""\\])*"",?)*\})? \S+)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"^\| `([a-z0-9_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Documented();
}
