using Carillon.Cluster;
using Carillon.Hosting;
using Carillon.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Carillon.Tests.Hosting;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Carillon:MaxConcurrentJobs")]
    [InlineData("Carillon:max_concurrent_jobs")]
    [InlineData("CARILLON:MAXCONCURRENTJOBS")]
    [InlineData("SCHEDULER_CONCURRENCY")]
    public void A_setting_has_its_pascal_its_snake_and_its_environment_name(string key)
    {
        Assert.Equal(7, Read((key, "7")).MaxConcurrentJobs);
    }

    [Fact]
    public void Each_setting_is_read_in_its_own_form()
    {
        var options = Read(
            ("Carillon:Enabled", "false"), ("Carillon:NodeName", "ada"), ("SCHEDULER_BATCH_SIZE", "20"), ("Carillon:job_timeout_seconds", "90"),
            ("Carillon:Zone", "Europe/Zurich"), ("Carillon:LeaseDuration", "30s"), ("Carillon:HeartbeatInterval", "00:00:10"), ("Carillon:DrainTimeout", "PT1M"),
            ("Carillon:KeepFinished", "1d"), ("Carillon:KeepDead", "2d"), ("Carillon:KeepJournal", "3d"), ("Carillon:EnableNotifications", "true"));

        Assert.Equal((false, "ada", 20, TimeSpan.FromSeconds(90)), (options.Enabled, options.NodeName, options.ClaimBatch, options.JobTimeout));
        Assert.Equal(("Europe/Zurich", 30.0, 10.0, 60.0), (options.Zone, options.LeaseDuration.TotalSeconds, options.HeartbeatInterval.TotalSeconds, options.DrainTimeout.TotalSeconds));
        Assert.Equal((1.0, 2.0, 3.0, true), (options.KeepFinished.TotalDays, options.KeepDead.TotalDays, options.KeepJournal.TotalDays, options.EnableNotifications));
    }

    [Fact]
    public void The_older_environment_names_are_read()
    {
        var options = Read(("SCHEDULER_CACHE_TTL", "300"), ("DATABASE_MAX_CONNECTIONS", "20"), ("ENABLE_PERFORMANCE_MONITORING", "false"));

        Assert.Equal((TimeSpan.FromMinutes(5), 20, false), (options.CacheDuration, options.MaxConnections, options.EnablePerformanceMonitoring));
    }

    [Fact]
    public void The_older_environment_names_are_checked()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(("SCHEDULER_CACHE_TTL", "soon"), ("DATABASE_MAX_CONNECTIONS", "few"), ("ENABLE_PERFORMANCE_MONITORING", "yes")));

        Assert.Equal(
            [
                "DATABASE_MAX_CONNECTIONS (few) cannot be read; expected a whole number.",
                "ENABLE_PERFORMANCE_MONITORING (yes) cannot be read; expected true or false.",
                "SCHEDULER_CACHE_TTL (soon) cannot be read; expected whole seconds, such as 300, or a duration such as 5m.",
            ],
            error.Failures);
    }

    [Fact]
    public void Roles_are_a_list_or_names_with_commas()
    {
        Assert.Equal(NodeRoles.All, Read().Roles);
        Assert.Equal(NodeRoles.Worker, Read(("Carillon:Roles", "worker")).Roles);
        Assert.Equal(NodeRoles.Scheduler | NodeRoles.Api, Read(("Carillon:Roles:0", "API"), ("Carillon:Roles:1", "scheduler")).Roles);
    }

    [Theory]
    [InlineData("wroker", "'wroker' is no role; there are scheduler, worker, api; did you mean 'worker'?")]
    [InlineData("worker, events", "'events' is no role; there are scheduler, worker, api")]
    [InlineData(",", "no role is named; there are scheduler, worker, api")]
    public void A_role_that_is_none_is_named_with_the_nearest(string given, string fault)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(("Carillon:Roles", given)));

        Assert.Equal([$"Carillon:Roles ({given}) cannot be read; expected one or more of scheduler, worker, api, separated by commas: {fault}."], error.Failures);
    }

    [Fact]
    public void Roles_of_a_node_that_is_not_enabled_must_leave_something_to_do()
    {
        var result = new CarillonOptionsRules().Validate("", new CarillonOptions { Enabled = false, Roles = NodeRoles.Worker });

        Assert.Contains("Roles (worker) leaves nothing to do where Enabled is false", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void Queues_are_a_list_or_names_with_commas()
    {
        Assert.Equal(["paper", "mail"], Read(("Carillon:Queues:0", "paper"), ("Carillon:Queues:1", "mail")).Queues);
        Assert.Equal(["paper", "mail"], Read(("Carillon:Queues", "paper, mail")).Queues);
    }

    [Fact]
    public void All_that_cannot_be_read_is_told_at_once_with_what_was_expected()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(("Carillon:Enabled", "perhaps"), ("Carillon:LeaseDuration", "long"), ("SCHEDULER_CONCURRENCY", "many")));

        Assert.Equal(3, error.Failures.Count());
        Assert.All(error.Failures, fault => Assert.Contains("expected", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void What_can_be_read_but_not_meant_is_told_with_it()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(("Carillon:Enabled", "perhaps"), ("SCHEDULER_CONCURRENCY", "0")));

        Assert.Equal(["Carillon:Enabled", "MaxConcurrentJobs"], error.Failures.Select(fault => fault.Split(' ')[0]));
        Assert.EndsWith("The configuration sets it by SCHEDULER_CONCURRENCY.", error.Failures.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_is_a_fault_that_lists_the_known_ones()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(("Carillon:MaxConcurentJobs", "7")));

        var fault = Assert.Single(error.Failures);
        Assert.Contains("Carillon:MaxConcurentJobs", fault, StringComparison.Ordinal);
        Assert.All(SettingTable.All, setting => Assert.Contains(setting.Name, fault, StringComparison.Ordinal));
        Assert.EndsWith(", Handlers.", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_one_has_a_section_of_its_own_and_no_environment_names()
    {
        var settings = Settings(("Carillon:MaxConcurrentJobs", "7"), ("Carillon:reports:MaxConcurrentJobs", "3"), ("SCHEDULER_CONCURRENCY", "9"));
        var (first, named) = (new CarillonOptions(), new CarillonOptions());

        SettingTable.Apply(settings, "", first);
        SettingTable.Apply(settings, "reports", named);

        Assert.Equal((9, 3), (first.MaxConcurrentJobs, named.MaxConcurrentJobs));
    }

    [Fact]
    public async Task Code_has_the_last_word()
    {
        await using var host = TestHost.Build(
            carillon => carillon.Configure(options => options.MaxConcurrentJobs++), settings: new Dictionary<string, string?> { ["Carillon:MaxConcurrentJobs"] = "7" });

        Assert.Equal(8, host.Services.GetRequiredService<IOptionsMonitor<CarillonOptions>>().Get("").MaxConcurrentJobs);
    }

    [Fact]
    public async Task A_host_with_wrong_settings_does_not_start()
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(carillon => carillon.Configure(options => options.MaxConcurrentJobs = 0)));
    }

    [Fact]
    public void The_defaults_are_sound() => Assert.True(Check(static _ => { }).Succeeded);

    [Fact]
    public void All_faults_of_the_options_are_told_at_once()
    {
        var result = Check(options =>
        {
            options.MaxConcurrentJobs = 0;
            options.MaxConnections = 0;
            options.CacheDuration = TimeSpan.FromSeconds(-1);
            options.ClaimBatch = 5_001;
            options.JobTimeout = TimeSpan.FromDays(8);
            options.Retry = new RetryPolicy { Attempts = 0 };
            options.Zone = "Europe/Zurch";
            options.LeaseDuration = TimeSpan.FromSeconds(15);
            options.HeartbeatInterval = TimeSpan.FromSeconds(10);
            options.DrainTimeout = TimeSpan.FromHours(2);
            options.KeepFinished = TimeSpan.Zero;
            options.KeepDead = TimeSpan.MaxValue;
            options.NodeName = " ";
            options.Queues.Add("");
        });

        string[] names = ["MaxConcurrentJobs", "MaxConnections", "ClaimBatch", "KeepFinished", "KeepDead", "JobTimeout", "DrainTimeout", "CacheDuration", "HeartbeatInterval", "retry.attempts", "Queues", "NodeName", "Zone"];
        Assert.Equal(names, result.Failures!.Select(fault => fault.Split(' ', ':')[0]));
    }

    [Fact]
    public void A_heartbeat_that_is_too_slow_for_its_lease_says_what_would_do()
    {
        var result = Check(options => options.HeartbeatInterval = TimeSpan.FromSeconds(10));

        Assert.Equal(
            ["HeartbeatInterval (00:00:10) must be at most a third of LeaseDuration (00:00:15); set it to 00:00:05 or less."], result.Failures);
    }

    private static ValidateOptionsResult Check(Action<CarillonOptions> change)
    {
        var options = new CarillonOptions();
        change(options);
        return new CarillonOptionsRules().Validate("", options);
    }

    private static CarillonOptions Read(params (string Key, string Value)[] settings)
    {
        var options = new CarillonOptions();
        SettingTable.Apply(Settings(settings), "", options);
        return options;
    }

    private static IConfigurationRoot Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build();
}
