using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>The rows of ended jobs.</summary>
internal static class DoneTable
{
    private const string FindSql = $"select {JobRow.Columns} from job_done where id = ?1";
    private const string DeleteSql = "delete from job_done where id = ?1";
    private const string HolderSql = "select id from job_done where tenant = ?1 and key = ?2 and key_until > ?3 order by id desc limit 1";

    public static Job? Find(Transaction transaction, Guid id)
    {
        using var row = transaction.Use(FindSql);
        return row.Set(1, id).Read() ? JobRow.Read(row) : null;
    }

    public static void Delete(Transaction transaction, Guid id)
    {
        using var row = transaction.Use(DeleteSql);
        row.Set(1, id).Run();
    }

    /// <summary>An ended job whose key still holds.</summary>
    public static Guid? FindKeyHolder(Transaction transaction, NewJob asked, DateTimeOffset now)
    {
        using var row = transaction.Use(HolderSql);
        return row.Set(1, asked.Tenant).Set(2, asked.Key).Set(3, now).Read() ? row.Id(0) : null;
    }
}
