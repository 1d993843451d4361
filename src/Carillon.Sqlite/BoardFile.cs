using Carillon.Sqlite.Native;

namespace Carillon.Sqlite;

/// <summary>Reads the board from the file: at open, and after a rollback. A few seeks a lane; the number of jobs does not matter.</summary>
internal static class BoardFile
{
    private const string LanesSql = "select id, queue, handler, priority, job_group from lane";
    private const string HeadSql = "select run_at, concurrency_key from job where lane = ?1 order by run_at, id limit 1";
    private const string RunningSql = $"select {JobRow.Columns}, node_token from job where lane = 0";
    private const string QueuesSql = "select name, body from definition where tenant = '' and kind = 'queue'";
    private const string GreatestSql = "select max(id) from (select max(id) as id from job union all select max(id) from job_done)";
    private const string DependentsSql = "select exists (select 1 from job_after)";
    private const string SequenceSql = "select max(coalesce((select max(sequence) from journal), 0), coalesce((select value from meta where name = 'journal_sequence'), 0))";

    public static void Load(Database database, Board board)
    {
        LoadLanes(database, board);
        LoadRunning(database, board);
        LoadQueues(database, board);
        BucketTable.Load(database, board);
        using var greatest = database.Use(GreatestSql);
        board.GreatestId = greatest.Read() && !greatest.IsNull(0) ? greatest.Id(0) : Guid.Empty;
        board.HasDependents = One(database, DependentsSql) != 0;
        board.JournalSequence = One(database, SequenceSql);
    }

    /// <summary>Asks the file for the lane's first job.</summary>
    public static void LoadHead(Statement head, Lane lane)
    {
        head.Set(1, lane.Id);
        if (head.Read())
        {
            lane.SetHead(head.Long(0), head.NameOrNull(1));
        }
        else
        {
            lane.SetEmpty();
        }
    }

    private static void LoadLanes(Database database, Board board)
    {
        using (var rows = database.Use(LanesSql))
        {
            while (rows.Read())
            {
                board.Add(new Lane(rows.Long(0), rows.Name(1), rows.Name(2), rows.Int(3)) { Group = rows.NameOrNull(4) });
            }
        }

        foreach (var lane in board.Lanes)
        {
            using var head = database.Use(HeadSql);
            LoadHead(head, lane);
        }
    }

    private static void LoadRunning(Database database, Board board)
    {
        using var rows = database.Use(RunningSql);
        while (rows.Read())
        {
            board.Put(new RunningJob(JobRow.Read(rows), rows.Long(JobRow.Count)));
        }
    }

    private static void LoadQueues(Database database, Board board)
    {
        using var rows = database.Use(QueuesSql);
        while (rows.Read())
        {
            board.SetQueue(rows.Name(0), rows.Text(1));
        }
    }

    private static long One(Database database, string sql)
    {
        using var row = database.Use(sql);
        return row.Read() ? row.Long(0) : 0;
    }
}
