using Carillon.AspNetCore.Shapes;
using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Server.Configuration;
using Carillon.Store;

namespace Carillon.Tests.Server;

public sealed class ConfigFileReaderTests
{
    [Fact]
    public void A_whole_file_is_read()
    {
        var file = Read("""
            owner: team-a
            http:
              allow: ["127.0.0.1:8000"]
            queues: {mails: 5, free: null}
            handlers: {http: {maxConcurrent: 4, keepFinished: 30d}, EXEC: {keepFinished: PT12H}, heartbeat: null}
            settings:
              zone: Europe/Berlin
              max_concurrent_jobs: 20
              JobTimeout: 5m
            schedules:
              - name: Token Cleanup (Daily) [x]
                handler: cleanup_expired_tokens
                args: {retention_days: 7}
                every: 24h
                retry: {attempts: 3, backoff: fixed, base: 10s}
                output: [{type: stdio, format: json}]
              - {name: b, handler: heartbeat, cron: "0 */5 * * * *", zone: Asia/Tokyo, enabled: false}
            """);

        Assert.Equal("team-a", file.Owner);
        Assert.Equal(["Token Cleanup (Daily) [x]", "b"], file.Schedules.Select(schedule => schedule.Name));
        Assert.All(file.Schedules, schedule => Assert.Equal("team-a", schedule.Request.Owner));
        Assert.Equal(ScheduleMode.Paused, file.Schedules[1].Request.Mode);
        Assert.Equal("""{"retention_days":7}""", System.Text.Encoding.UTF8.GetString(file.Schedules[0].Request.Args));
        Assert.Equal(["127.0.0.1:8000"], file.HttpAllow);
        Assert.Equal(new QueueLimits { MaxConcurrent = 5 }, file.Queues["mails"]);
        Assert.Equal(new QueueLimits(), file.Queues["free"]);
        Assert.Equal(new HandlerSettings { MaxConcurrent = 4, KeepFinished = TimeSpan.FromDays(30) }, file.Handlers["http"]);
        Assert.Equal((new HandlerSettings { KeepFinished = TimeSpan.FromHours(12) }, new HandlerSettings()), (file.Handlers["exec"], file.Handlers["heartbeat"]));
        Assert.Equal(["JobTimeout=5m", "MaxConcurrentJobs=20", "Zone=Europe/Berlin"], file.Settings.Select(setting => $"{setting.Key}={setting.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("schedules: []")]
    [InlineData("schedules:")]
    [InlineData("# nothing yet")]
    public void A_file_without_schedules_is_legal_and_named_after_itself(string yaml)
    {
        var file = Read(yaml);

        Assert.Empty(file.Schedules);
        Assert.Equal("c.yaml", file.Owner);
    }

    [Theory]
    [InlineData("shedules: []", "c.yaml:1:1: shedules: is unknown; did you mean 'schedules'?")]
    [InlineData("schedules: 5", "c.yaml:1:1: schedules: must be a list of schedules; schedules: [] for none")]
    [InlineData("schedules: [5]", "c.yaml:1:13: schedules[0] (5): must be a schedule: a mapping with name, handler, and one of cron, every, at")]
    [InlineData("calendars: {c: {holidays: []}}", "c.yaml:1:13: calendars.c: A calendar has no 'holidays'; it has 'zone', 'include', 'exclude', 'weekly', 'ical' and 'calendars'.")]
    [InlineData("5", "c.yaml:1:1: must be a mapping with the members owner, schedules, calendars, http, queues, handlers, settings; such as: schedules: []")]
    [InlineData("owner: 5", "c.yaml:1:1: owner (5): must be text: the name under which this file owns its schedules")]
    [InlineData("owner: code", "c.yaml:1:1: owner (code): is the name of the schedules that stand on handlers; choose another")]
    [InlineData("queues: {a: 0}", "c.yaml:1:10: queues.a (0): must be how many of its jobs may run at once, from 1 to 100000, or null for no limit")]
    [InlineData("queues: {a: 99999999999}", "c.yaml:1:10: queues.a (99999999999): must be how many of its jobs may run at once, from 1 to 100000, or null for no limit")]
    [InlineData("settings: {zne: x}", "c.yaml:1:12: settings.zne: is no setting; did you mean 'Zone'?")]
    [InlineData("settings: {MaxConcurrentJobs: many}", "c.yaml:1:12: settings.MaxConcurrentJobs (\"many\"): must be a whole number")]
    [InlineData("settings: {Zone: UTC, zone: UTC}", "c.yaml:1:23: settings.zone (UTC): is given twice, in two spellings; keep one of them")]
    [InlineData("handlers: 4", "c.yaml:1:1: handlers: must be a mapping: names with values")]
    [InlineData("handlers: {http: 4}", "c.yaml:1:12: handlers.http (4): must be a mapping with maxConcurrent, keepFinished; such as {maxConcurrent: 4}")]
    [InlineData("handlers: {htpt: {maxConcurrent: 4}}", "c.yaml:1:12: handlers.htpt: is no handler of this server; did you mean 'http'?")]
    [InlineData("handlers: {mail.send: {}}", "c.yaml:1:12: handlers.mail.send: is no handler of this server; it has http, exec, system_heartbeat, heartbeat")]
    [InlineData("handlers: {http: {}, HTTP: {}}", "c.yaml:1:22: handlers.HTTP: is given twice, in two spellings; keep one of them")]
    [InlineData("handlers: {http: {maxConcurent: 4}}", "c.yaml:1:19: handlers.http.maxConcurent: is unknown; did you mean 'maxConcurrent'?")]
    [InlineData("handlers: {http: {queue: mails}}", "c.yaml:1:19: handlers.http.queue: is unknown; known are maxConcurrent, keepFinished")]
    [InlineData("handlers: {http: {maxConcurrent: 0}}", "c.yaml:1:19: handlers.http.maxConcurrent (0): must be how many of its jobs may run at once, from 1 to 100000, or null for what its code says")]
    [InlineData("handlers: {http: {keepFinished: 30}}", "c.yaml:1:19: handlers.http.keepFinished (30): must be how long its ended jobs are kept, such as 12h, 30d or P30D, or null for what its code says")]
    [InlineData("handlers: {http: {keepFinished: soon}}", "c.yaml:1:19: handlers.http.keepFinished (soon): must be how long its ended jobs are kept, such as 12h, 30d or P30D, or null for what its code says")]
    [InlineData("http: {allow: [5]}", "c.yaml:1:8: http.allow: must be a list of hosts, addresses or networks; such as: allow: [\"127.0.0.1:8000\"]")]
    public void Each_fault_names_place_value_expectation_and_fix(string yaml, string expected) => Assert.Equal([expected], Faults(yaml));

    [Fact]
    public void All_faults_of_handlers_are_listed_at_once() => Assert.Equal(
        ["c.yaml:2:3", "c.yaml:2:10", "c.yaml:3:10", "c.yaml:3:29"],
        Faults("handlers:\n  htpt: {maxConcurrent: many}\n  exec: {maxConcurrent: no, keepFinished: []}\n").Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]));

    [Fact]
    public void All_faults_of_a_file_are_listed_at_once_in_the_order_of_its_lines()
    {
        var faults = Faults("""
            schedules:
              - name: a
                handler: heartbeat
                cron: 61 * * * *
              - name: b
                handler: heartbeat
                evry: 5m
                every: 5 parsecs
                retry: {attempts: many}
              - handler: heartbeat
                every: 1m
            queue: {}
            """);

        Assert.Equal(["c.yaml:4:5", "c.yaml:7:5", "c.yaml:8:5", "c.yaml:9:13", "c.yaml:10:5", "c.yaml:12:1"], faults.Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]));
        Assert.Contains("did you mean 'every'?", faults[1], StringComparison.Ordinal);
        Assert.Contains("61", faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_given_to_two_schedules_is_a_fault_that_names_both_lines()
    {
        var fault = Assert.Single(Faults("schedules:\n  - {name: a, handler: h, every: 1m}\n  - {name: a, handler: h, every: 2m}\n"));

        Assert.Equal("c.yaml:3:1: name (a): stands in lines 2 and 3; a schedule's name is unique", fault);
    }

    [Fact]
    public void The_mark_of_a_schedule_changes_with_what_it_says_and_with_nothing_else()
    {
        var one = Read("schedules:\n  - {name: a, handler: h, every: 1m}\n").Schedules[0];
        var moved = Read("# a comment\nschedules:\n\n  - name: a\n    handler: h\n    every: 1m\n").Schedules[0];
        var changed = Read("schedules:\n  - {name: a, handler: h, every: 2m}\n").Schedules[0];

        Assert.Equal(one.Mark, moved.Mark);
        Assert.NotEqual(one.Mark, changed.Mark);
    }

    private static ConfigFile Read(string yaml)
    {
        var file = ConfigFileReader.Read("c.yaml", yaml, ScheduleBody.Read, out var faults);
        Assert.Empty(faults);
        return file!;
    }

    [Fact]
    public void Faults_of_shape_and_of_range_are_told_together()
    {
        var faults = Faults("schedules:\n  - name: a\n    handler: h\n    every: 10\n    colour: red\n    zone: Mars/Olympus\n    maxCount: 0\n");

        Assert.Equal(["c.yaml:4", "c.yaml:5", "c.yaml:6", "c.yaml:7"], faults.Select(fault => fault[..8]));
        Assert.Contains("Seconds? Write 10s.", faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_a_start_reads_is_named_when_it_changes()
    {
        var before = Read("http: {allow: [self]}\nhandlers: {http: {maxConcurrent: 4}, exec: {maxConcurrent: 2}}\nsettings: {zone: UTC, max_concurrent_jobs: 5}\n");
        var after = Read("http: {allow: []}\nhandlers: {heartbeat: {keepFinished: 1h}, EXEC: {maxConcurrent: 2}}\nsettings: {zone: Europe/Berlin, max_concurrent_jobs: 5}\n");

        Assert.Equal(["http.allow", "handlers.heartbeat", "handlers.http", "settings.Zone"], before.NeedsStart(after));
        Assert.Empty(before.NeedsStart(before));
    }

    private static List<string> Faults(string yaml)
    {
        Assert.Null(ConfigFileReader.Read("c.yaml", yaml, ScheduleBody.Read, out var faults));
        return [.. faults.Select(fault => fault.ToString())];
    }
}
