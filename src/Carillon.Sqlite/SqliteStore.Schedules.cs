using Carillon.Store;

namespace Carillon.Sqlite;

// The facet of schedules.
internal sealed partial class SqliteStore
{
    public Task<bool> PutSchedulesAsync(IReadOnlyList<Schedule> schedules, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => ScheduleTable.TryPutAll(transaction, schedules, act, now), cancellationToken);

    public Task<IReadOnlyList<string>> RemoveSchedulesAsync(IReadOnlyList<string> names, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => ScheduleTable.RemoveAll(transaction, names, act, now), cancellationToken);

    public Task<Schedule?> GetScheduleAsync(string name, CancellationToken cancellationToken) =>
        Readers.RunAsync(database => ScheduleLists.Find(database, name), cancellationToken);

    public Task<IReadOnlyList<Schedule>> ListSchedulesAsync(ScheduleQuery query, CancellationToken cancellationToken) =>
        Readers.RunAsync(database => ScheduleLists.List(database, query), cancellationToken);

    // By the writer, which knows without a statement when nothing is due; the documents are parsed here, not on its thread.
    public async Task<DueSchedules> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var (due, nextAt) = await Writer.RunAsync(transaction => ScheduleTable.ListDue(transaction, now, limit), cancellationToken);
        return new DueSchedules([.. due.Select(row => row.ToSchedule())], nextAt);
    }

    public Task<IReadOnlyList<FireResult>> FireAsync(IReadOnlyList<Firing> firings, DateTimeOffset now, CancellationToken cancellationToken) =>
        Writer.RunAsync(transaction => Firings.FireAll(transaction, firings, now), cancellationToken);
}
