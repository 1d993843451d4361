namespace Carillon.Store.Tests;

// The append-only history.
public abstract partial class StoreContract
{
    [Fact]
    public async Task Entries_come_back_in_order_as_they_were_written()
    {
        var subject = new Subject(SubjectKind.Node, "a");
        var first = new JournalEntry { Subject = subject, Kind = JournalKinds.Node, At = Noon + Second, Who = "ada", From = "cli", Data = """{"what":"started"}""" };
        var second = new JournalEntry { Subject = subject, Kind = JournalKinds.Node, At = Noon };

        await Store.AppendAsync([first, second], Stop);

        var entries = await Store.ReadAsync(new JournalQuery { Subject = subject }, Stop);
        Assert.Equal([first, second], entries.Select(entry => entry with { Sequence = 0 }));
        Assert.True(entries[1].Sequence > entries[0].Sequence);
    }

    [Fact]
    public async Task The_store_gives_the_numbers()
    {
        await Store.AppendAsync([Line("a") with { Sequence = 4711 }], Stop);
        await Store.AppendAsync([Line("b") with { Sequence = 4711 }], Stop);

        var entries = await Store.ReadAsync(new JournalQuery(), Stop);

        Assert.Equal(2, entries.Select(entry => entry.Sequence).Distinct().Count());
    }

    [Fact]
    public async Task The_journal_is_read_by_subject_and_kind()
    {
        await Store.AppendAsync([Line("a"), Line("b"), Line("a") with { Kind = JournalKinds.Node }, Line("a") with { Subject = new Subject(SubjectKind.Setting, "a") }], Stop);
        var subject = new Subject(SubjectKind.Queue, "a");

        Assert.Equal(2, (await Store.ReadAsync(new JournalQuery { Subject = subject }, Stop)).Count);
        Assert.Equal(3, (await Store.ReadAsync(new JournalQuery { Kinds = [JournalKinds.Log] }, Stop)).Count);
        Assert.Single(await Store.ReadAsync(new JournalQuery { Subject = subject, Kinds = [JournalKinds.Node, JournalKinds.Act] }, Stop));
        Assert.Empty(await Store.ReadAsync(new JournalQuery { Kinds = [] }, Stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_journal_is_read_page_by_page_either_way(bool isNewestFirst)
    {
        await Store.AppendAsync([.. Enumerable.Range(0, 10).Select(i => Line("a") with { At = Noon + (i * Second) })], Stop);

        var read = await ReadPagesAsync<JournalEntry>(last =>
            Store.ReadAsync(new JournalQuery { IsNewestFirst = isNewestFirst, After = last?.Sequence, Limit = 4 }, Stop));

        var instants = Enumerable.Range(0, 10).Select(i => Noon + (i * Second));
        Assert.Equal(isNewestFirst ? instants.Reverse() : instants, read.Select(entry => entry.At));
    }

    [Fact]
    public async Task A_batch_that_is_stopped_leaves_no_trace_in_the_journal()
    {
        var holder = await MakeAsync(Ask() with { Key = "k" });
        await Store.EnqueueAsync([Ask() with { Key = "k", OnConflict = OnConflict.Replace }, Ask() with { After = [new After(_ids.Next())] }], null, Noon, Stop);

        Assert.Empty(await Store.ReadAsync(new JournalQuery(), Stop));
        await AssertStateAsync(holder.Id, JobState.Pending);
    }

    private static JournalEntry Line(string queue) => new() { Subject = new Subject(SubjectKind.Queue, queue), Kind = JournalKinds.Log, At = Noon };
}
