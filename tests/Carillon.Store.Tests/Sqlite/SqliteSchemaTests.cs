using Carillon.Sqlite;
using Carillon.Sqlite.Native;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Store.Tests.Sqlite;

/// <summary>Versions of the schema, copies of the file, and the views for people.</summary>
public sealed class SqliteSchemaTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken Stop = CancellationToken.None;
    private readonly StoreDirectory _directory = new();

    private SqliteStoreOptions Options => new() { Path = _directory.DatabasePath };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_schema_goes_down_and_up_again()
    {
        await FillAsync(3);

        await SqliteFiles.DowngradeAsync(Options, 0, Stop);

        using (var database = Database.Open(_directory.DatabasePath))
        {
            Assert.Equal(0, database.Count("select count(*) from sqlite_master"));
        }

        await using var store = await _directory.OpenAsync();
        Assert.Empty(await store.ListAsync(new JobQuery(), Stop));
    }

    [Fact]
    public async Task A_schema_cannot_go_down_to_where_it_never_was()
    {
        await FillAsync(1);

        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => SqliteFiles.DowngradeAsync(Options, 7, Stop));

        Assert.Contains("not to 7", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_refused()
    {
        await FillAsync(1);
        Change("pragma user_version = 99; update meta set value = '99.0' where name = 'oldest_program';");
        await using var store = _directory.NewStore();

        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.UpgradeSchemaAsync(Stop));

        Assert.Contains("99.0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_newer_program_that_admits_older_ones_is_used()
    {
        await FillAsync(1);
        Change("pragma user_version = 99; update meta set value = '0.1.0' where name = 'oldest_program';");

        await using var store = await _directory.OpenAsync();

        Assert.Single(await store.ListAsync(new JobQuery(), Stop));
    }

    [Fact]
    public async Task A_backup_of_an_open_store_holds_what_was_there()
    {
        await using (var store = await _directory.OpenAsync())
        {
            await store.EnqueueAsync([.. StoreDirectory.NewJobs(300)], null, Noon, Stop);
            await store.BackupAsync(_directory.PathOf("backup.db"), Stop);
            await store.EnqueueAsync([.. StoreDirectory.NewJobs(1)], null, Noon, Stop);
        }

        var aside = await SqliteFiles.RestoreAsync(_directory.PathOf("backup.db"), Options, Stop);

        Assert.True(File.Exists(aside));
        await using var restored = await _directory.OpenAsync();
        Assert.Equal(300, (await restored.SummarizeAsync(Stop)).Counts.Sum(count => count.Count));
    }

    [Fact]
    public async Task A_backup_overwrites_nothing()
    {
        await using var store = await _directory.OpenAsync();
        await store.BackupAsync(_directory.PathOf("backup.db"), Stop);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.BackupAsync(_directory.PathOf("backup.db"), Stop));
    }

    [Fact]
    public async Task Nothing_is_restored_over_an_open_store()
    {
        await using var store = await _directory.OpenAsync();
        await store.BackupAsync(_directory.PathOf("backup.db"), Stop);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => SqliteFiles.RestoreAsync(_directory.PathOf("backup.db"), Options, Stop));
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_and_the_file_stays()
    {
        await using (var store = await _directory.OpenAsync())
        {
            await store.EnqueueAsync([.. StoreDirectory.NewJobs(300)], null, Noon, Stop);
            await store.BackupAsync(_directory.PathOf("backup.db"), Stop);
        }

        var bytes = await File.ReadAllBytesAsync(_directory.PathOf("backup.db"), Stop);
        bytes.AsSpan(4 * 8192, 4096).Fill(0xA5);
        await File.WriteAllBytesAsync(_directory.PathOf("backup.db"), bytes, Stop);
        var before = await File.ReadAllBytesAsync(_directory.DatabasePath, Stop);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => SqliteFiles.RestoreAsync(_directory.PathOf("backup.db"), Options, Stop));

        Assert.Equal(before, await File.ReadAllBytesAsync(_directory.DatabasePath, Stop));
    }

    [Theory]
    [InlineData("scheduler_job_types", 3)]
    [InlineData("task_functions", 1)]
    [InlineData("scheduled_jobs", 1)]
    [InlineData("job_executions", 3)]
    [InlineData("scheduler_leader", 1)]
    public async Task People_who_look_with_sql_find_the_views(string view, int rows)
    {
        await using var store = await _directory.OpenAsync();
        await store.AcquireAsync("leader", "a", TimeSpan.FromDays(1), "{}", Noon, Stop);
        await store.PutSchedulesAsync([NewSchedule()], null, Noon, Stop);
        await EndSomeAsync(store);

        using var database = Database.Open(_directory.DatabasePath);

        Assert.Equal(rows, database.Count($"select count(*) from {view}"));
    }

    [Fact]
    public async Task The_views_come_and_go_with_their_setting()
    {
        List<long> found = [];
        foreach (var isWanted in new[] { true, false, false, true })
        {
            await using (var store = new SqliteStore(new SqliteStoreOptions { Path = _directory.DatabasePath, Views = isWanted }, NullLogger<SqliteStore>.Instance))
            {
                await store.UpgradeSchemaAsync(Stop);
            }

            using var database = Database.Open(_directory.DatabasePath);
            found.Add(database.Count("select count(*) from sqlite_master where type = 'view'"));
        }

        Assert.Equal([5, 0, 0, 5], found);
    }

    [Fact]
    public async Task A_schedule_in_the_view_reads_as_it_was_made()
    {
        await using var store = await _directory.OpenAsync();
        var schedule = NewSchedule();
        await store.PutSchedulesAsync([schedule], null, Noon, Stop);

        using var database = Database.Open(_directory.DatabasePath);
        using var row = database.Prepare("select job_id, name, task_function_name, job_type_name, schedule, is_enabled, next_run_time from scheduled_jobs");

        Assert.True(row.Read());
        Assert.Equal(
            (schedule.Id.ToString(), "nightly", "work", "interval", "1h", "1", "2026-03-02 13:00:00"),
            (row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6)));
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_brought_to_the_second_with_all_it_holds()
    {
        var schedule = NewSchedule();
        await using (var store = await _directory.OpenAsync())
        {
            await store.PutSchedulesAsync([schedule], null, Noon, Stop);
        }

        await SqliteFiles.DowngradeAsync(Options, 1, Stop);
        Assert.Equal("0.1.0", OldestProgram());

        await using var upgraded = await _directory.OpenAsync();
        Assert.Equal("0.2.0", OldestProgram());
        Assert.Equal(schedule with { Version = 1 }, (await upgraded.GetScheduleAsync("nightly", Stop))! with { Args = schedule.Args });
        await upgraded.PutSchedulesAsync([schedule with { Version = 1, Calendar = "holidays" }], null, Noon, Stop);
        Assert.Single(await upgraded.ListSchedulesAsync(new ScheduleQuery { Calendar = "holidays" }, Stop));
    }

    [Fact]
    public async Task What_the_first_version_cannot_honour_is_paused_on_the_way_down()
    {
        var plain = NewSchedule();
        await using (var store = await _directory.OpenAsync())
        {
            await store.PutSchedulesAsync([plain, plain with { Id = StoreDirectory.NewJobs(1).Single().Id, Name = "on business days", BusinessDay = BusinessDayPolicy.Next }], null, Noon, Stop);
            await store.PutDefinitionAsync("calendar", "holidays", "{}", 0, null, Noon, Stop);
        }

        await SqliteFiles.DowngradeAsync(Options, 1, Stop);

        await using var again = await _directory.OpenAsync();
        Assert.Equal(ScheduleMode.Live, (await again.GetScheduleAsync("nightly", Stop))!.Mode);
        var paused = await again.GetScheduleAsync("on business days", Stop);
        Assert.Equal((ScheduleMode.Paused, "db downgrade"), (paused!.Mode, paused.PausedBy));
        Assert.Empty(await again.ListDefinitionsAsync("calendar", Stop));
    }

    private string OldestProgram()
    {
        using var database = Database.Open(_directory.DatabasePath);
        using var row = database.Prepare("select value from meta where name = 'oldest_program'");
        Assert.True(row.Read());
        return row.Text(0);
    }

    private static Schedule NewSchedule() => new()
    {
        Id = StoreDirectory.NewJobs(1).Single().Id,
        Name = "nightly",
        Kind = RecurrenceKind.Every,
        Expression = "1h",
        Handler = "work",
        AnchorAt = Noon,
        CreatedAt = Noon,
        UpdatedAt = Noon,
        NextAt = Noon + TimeSpan.FromHours(1),
    };

    // One runs, one succeeded, one failed.
    private static async Task EndSomeAsync(SqliteStore store)
    {
        await store.EnqueueAsync([.. StoreDirectory.NewJobs(3)], null, Noon, Stop);
        var lease = await store.AcquireAsync("node/a", "a", TimeSpan.FromDays(1), "{}", Noon, Stop);
        var batch = await store.ClaimAsync(
            new ClaimRequest { Node = "a", NodeToken = lease!.Token, Limit = 3, Handlers = new Dictionary<string, int?> { ["work"] = null } }, Noon, Stop);
        await store.FinishAsync(
            [
                new Finish(batch.Jobs[0], new Outcome.Succeeded()) { StartedAt = Noon, EndedAt = Noon },
                new Finish(batch.Jobs[1], new Outcome.Dead("error", "it broke")) { StartedAt = Noon, EndedAt = Noon },
            ],
            Noon, Stop);
    }

    private async Task FillAsync(int jobs)
    {
        await using var store = await _directory.OpenAsync();
        await store.EnqueueAsync([.. StoreDirectory.NewJobs(jobs)], null, Noon, Stop);
    }

    private void Change(string sql)
    {
        using var database = Database.Open(_directory.DatabasePath);
        database.Execute(sql);
    }
}
