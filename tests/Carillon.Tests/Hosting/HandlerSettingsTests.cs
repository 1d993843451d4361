using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Carillon.Tests.Hosting;

/// <summary>What a host says of its handlers in place of their code.</summary>
public sealed class HandlerSettingsTests
{
    [Theory]
    [InlineData("Carillon:Handlers:mail.send:MaxConcurrent", "mail.send")]
    [InlineData("Carillon:handlers:mail.send:max_concurrent", "mail.send")]
    [InlineData("CARILLON:HANDLERS:MAIL.SEND:MAXCONCURRENT", "mail.send")]
    [InlineData("Carillon:Handlers:mail:send:MaxConcurrent", "mail:send")]
    public void A_limit_is_read_by_the_handlers_name(string key, string name) => Assert.Equal(new HandlerSettings { MaxConcurrent = 7 }, Read((key, "7")).Handlers[name]);

    [Fact]
    public void A_later_source_changes_what_it_names_and_leaves_the_rest()
    {
        var options = new CarillonOptions();

        SettingTable.Apply(
            new ConfigurationBuilder().AddInMemoryCollection(Pairs(("Carillon:Handlers:http:MaxConcurrent", "4"), ("Carillon:Handlers:http:KeepFinished", "30d")))
                .AddInMemoryCollection(Pairs(("CARILLON:HANDLERS:HTTP:MAX_CONCURRENT", "5"))).Build(),
            "", options);

        Assert.Equal(new HandlerSettings { MaxConcurrent = 5, KeepFinished = TimeSpan.FromDays(30) }, Assert.Single(options.Handlers).Value);
    }

    [Fact]
    public void A_named_one_has_settings_of_its_own()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(Pairs(("Carillon:reports:Handlers:month:KeepFinished", "365d"))).Build();
        var (first, named) = (new CarillonOptions(), new CarillonOptions());

        SettingTable.Apply(settings, "", first);
        SettingTable.Apply(settings, "reports", named);

        Assert.Empty(first.Handlers);
        Assert.Equal(TimeSpan.FromDays(365), named.Handlers["month"].KeepFinished);
    }

    [Fact]
    public void All_that_cannot_be_read_is_told_at_once_with_its_path()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(
            ("Carillon:Handlers:exec", "4"), ("Carillon:Handlers:http:KeepFinished", "soon"), ("Carillon:Handlers:http:MaxConcurrent", "many"),
            ("Carillon:Handlers:http:Queue", "mails"), ("Carillon:Handlers:mail:MaxConcurrent", "0")));

        Assert.Equal(
            [
                "Carillon:Handlers:exec is not a setting of a handler; known are: Carillon:Handlers:NAME:MaxConcurrent, Carillon:Handlers:NAME:KeepFinished.",
                "Carillon:Handlers:http:KeepFinished (soon) cannot be read; expected a duration such as 30s, 5m, 1h30m or PT5M.",
                "Carillon:Handlers:http:MaxConcurrent (many) cannot be read; expected a whole number.",
                "Carillon:Handlers:http:Queue is not a setting of a handler; known are: Carillon:Handlers:NAME:MaxConcurrent, Carillon:Handlers:NAME:KeepFinished.",
                "Handlers:mail:MaxConcurrent (0): must be from 1 to 100000, or unset for what its code says. The configuration sets it by Carillon:Handlers:mail:MaxConcurrent.",
            ],
            error.Failures);
    }

    [Fact]
    public void A_section_that_is_a_value_says_what_stands_below_it()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(("Carillon:Handlers", "4")));

        Assert.StartsWith("Carillon:Handlers is not a setting of a handler; known are: Carillon:Handlers:NAME:MaxConcurrent", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_be_read_but_not_meant_names_the_handler()
    {
        var options = new CarillonOptions { Handlers = { ["a handler"] = new HandlerSettings { MaxConcurrent = 100_001, KeepFinished = TimeSpan.FromSeconds(-1) } } };
        options.Sources["Handlers:a handler:KeepFinished"] = "Carillon:Handlers:a handler:KeepFinished";

        Assert.Equal(
            [
                "Handlers:a handler:MaxConcurrent (100001): must be from 1 to 100000, or unset for what its code says.",
                "Handlers:a handler:KeepFinished (-1s): must be 0s or more, or unset for what its code says. The configuration sets it by Carillon:Handlers:a handler:KeepFinished.",
            ],
            new CarillonOptionsRules().Validate("", options).Failures);
    }

    [Fact]
    public async Task What_the_host_says_goes_before_the_handlers_code_and_everything_sees_it()
    {
        await using var host = TestHost.Build(
            carillon => carillon.Configure(options => options.Handlers["send"] = options.Handlers["send"] with { KeepFinished = TimeSpan.FromDays(90) })
                .Handle(Named("send") with { MaxConcurrent = 9, KeepFinished = TimeSpan.FromDays(1), Queue = "mails" })
                .Handle(Named("other") with { MaxConcurrent = 3 }),
            settings: new() { ["Carillon:Handlers:SEND:MaxConcurrent"] = "2" });
        await host.StartAsync();

        var receipt = await host.Jobs.EnqueueAsync(new JobRequest { Handler = "send" });
        var job = await host.Jobs.WaitAsync(receipt.Id, TimeSpan.FromDays(1));

        Assert.Equal((JobState.Succeeded, TimeSpan.FromDays(90)), (job!.State, job.KeepFor));
        Assert.Equal([("other", 3), ("send", 2)], host.Instance.Handlers.Limits.Select(limit => (limit.Key, limit.Value!.Value)).Order());
        Assert.Equal([("other", 3, null, null), ("send", 2, TimeSpan.FromDays(90), "mails")],
            (await host.Instance.Cluster.ListHandlersAsync()).Select(handler => (handler.Name, handler.MaxConcurrent!.Value, handler.KeepFinished, handler.Queue)));
    }

    [Theory]
    [InlineData("snd", "did you mean 'send'?")]
    [InlineData("elsewhere", "it has other, send.")]
    public async Task A_name_that_no_handler_of_the_host_has_is_a_fault_with_the_nearest(string name, string hint)
    {
        await using var host = TestHost.Build(
            carillon => carillon.Handle(Named("send")).Handle(Named("other")), settings: new() { [$"Carillon:Handlers:{name}:MaxConcurrent"] = "2", [$"Carillon:Handlers:{name}:KeepFinished"] = "1d" });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Equal(
            [$"Handlers:{name} is set, but no handler of this host has that name; {hint} The configuration sets it by Carillon:Handlers:{name}:KeepFinished and Carillon:Handlers:{name}:MaxConcurrent."],
            error.Failures);
    }

    [Fact]
    public async Task A_name_that_code_set_is_told_without_a_source_and_with_all_other_faults()
    {
        await using var host = TestHost.Build(carillon => carillon.UseMemory().Configure(options => options.Handlers["send"] = new HandlerSettings()));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Equal(["A store is already chosen; call UseSqlite or UseMemory once.", "Handlers:send is set, but no handler of this host has that name; it has none."], error.Failures);
    }

    private static HandlerDefinition Named(string name) => new() { Name = name, Run = static _ => Task.FromResult<Outcome?>(null) };

    private static CarillonOptions Read(params (string Key, string Value)[] settings)
    {
        var options = new CarillonOptions();
        SettingTable.Apply(new ConfigurationBuilder().AddInMemoryCollection(Pairs(settings)).Build(), "", options);
        return options;
    }

    private static IEnumerable<KeyValuePair<string, string?>> Pairs(params (string Key, string Value)[] settings) =>
        settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value));
}
