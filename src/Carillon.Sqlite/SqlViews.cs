using Carillon.Sqlite.Native;

namespace Carillon.Sqlite;

/// <summary>The read-only views for people who look with SQL: there or not there, as the settings say.</summary>
internal static class SqlViews
{
    private const string Dropped =
        "drop view if exists scheduler_leader; drop view if exists job_executions; drop view if exists scheduled_jobs; "
        + "drop view if exists task_functions; drop view if exists scheduler_job_types;";

    /// <summary>Writes only where it is not so already.</summary>
    public static void Set(Database database, bool isWanted)
    {
        var isThere = database.Count("select count(*) from sqlite_master where type = 'view' and name = 'scheduler_leader'") > 0;
        if (isThere != isWanted)
        {
            database.Execute($"begin immediate; {(isWanted ? SchemaUpgrade.Read("Views.sql") : Dropped)} commit;");
        }
    }
}
