using Carillon.Server.Checks;
using Microsoft.Extensions.Configuration;

namespace Carillon.Tests.Server;

public sealed class EnvironmentChecksTests
{
    [Fact]
    public void A_setting_that_a_server_would_refuse_is_trouble()
    {
        var finding = Assert.Single(Look(("DATABASE_MAX_CONNECTIONS", "0")));

        Assert.Equal((Severity.Trouble, "MaxConnections (0) must be from 1 to 1000; beyond the number of processors there is little gain. The configuration sets it by DATABASE_MAX_CONNECTIONS."), (finding.Severity, finding.Text));
    }

    [Fact]
    public void A_setting_without_effect_is_a_warning()
    {
        var findings = Look(("SCHEDULER_CACHE_TTL", "300"), ("Carillon:enable_notifications", "true"), ("SCHEDULER_CONCURRENCY", "5"));

        Assert.All(findings, finding => Assert.Equal(Severity.Warning, finding.Severity));
        Assert.Equal(["SCHEDULER_CACHE_TTL", "Carillon:enable_notifications"], findings.Select(finding => finding.Text.Split(' ')[0]));
    }

    [Fact]
    public void A_handler_that_no_server_has_is_trouble()
    {
        var finding = Assert.Single(Look(("Carillon:Handlers:htpt:MaxConcurrent", "4"), ("Carillon:HANDLERS:HTTP:MAX_CONCURRENT", "4")));

        Assert.Equal((Severity.Trouble, "Handlers:htpt is set, but no handler of this host has that name; did you mean 'http'? The configuration sets it by Carillon:Handlers:htpt:MaxConcurrent."), (finding.Severity, finding.Text));
    }

    [Fact]
    public void A_sound_environment_is_passed_over() => Assert.Empty(Look(("SCHEDULER_CONCURRENCY", "5"), ("PATH", "/bin")));

    private static List<Finding> Look(params (string Key, string Value)[] variables) =>
        [.. EnvironmentChecks.Look(new ConfigurationBuilder().AddInMemoryCollection(variables.Select(variable => KeyValuePair.Create(variable.Key, (string?)variable.Value))).Build())];
}
