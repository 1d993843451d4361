using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>One statement with its values, in the order of <c>$1</c>, <c>$2</c>, …; run once.</summary>
internal sealed class Statement(NpgsqlCommand command, CancellationToken cancellationToken)
{
    public Statement Set(Guid value) => Add(new NpgsqlParameter<Guid> { TypedValue = value });

    public Statement Set(Guid? value) => value is { } given ? Set(given) : Null(NpgsqlDbType.Uuid);

    public Statement Set(long value) => Add(new NpgsqlParameter<long> { TypedValue = value });

    public Statement Set(long? value) => value is { } given ? Set(given) : Null(NpgsqlDbType.Bigint);

    public Statement Set(int value) => Add(new NpgsqlParameter<int> { TypedValue = value });

    public Statement Set(int? value) => value is { } given ? Set(given) : Null(NpgsqlDbType.Integer);

    public Statement Set(bool value) => Add(new NpgsqlParameter<bool> { TypedValue = value });

    public Statement Set(double? value) => value is { } given ? Add(new NpgsqlParameter<double> { TypedValue = given }) : Null(NpgsqlDbType.Double);

    public Statement Set(byte[] value) => Add(new NpgsqlParameter<byte[]> { TypedValue = value });

    public Statement Set(string? value) => value is null ? Null(NpgsqlDbType.Text) : Add(new NpgsqlParameter<string> { TypedValue = Texts.Storable(value), NpgsqlDbType = NpgsqlDbType.Text });

    public Statement Set(DateTimeOffset value) => Set(Instants.ToTicks(value));

    public Statement Set(DateTimeOffset? value) => value is { } given ? Set(given) : Null(NpgsqlDbType.Bigint);

    public Statement Set(TimeSpan value) => Set(value.Ticks);

    public Statement Set(TimeSpan? value) => value is { } given ? Set(given.Ticks) : Null(NpgsqlDbType.Bigint);

    /// <summary>An array, its nulls included.</summary>
    public Statement SetAll<T>(T[]? values, NpgsqlDbType element) =>
        Add(new NpgsqlParameter { Value = (object?)values ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | element });

    public Statement Add(NpgsqlParameter parameter)
    {
        command.Parameters.Add(parameter);
        return this;
    }

    /// <summary>The channel and the message for the other processes, where this statement is the one to tell them; else nulls.</summary>
    public Statement SetNotice(Transaction transaction, StoreSignal signal) =>
        transaction.TryNotice(signal) is { } notice ? Set(notice.Channel).Set(notice.Message) : Set((string?)null).Set((string?)null);

    /// <summary>Runs it; says how many rows it touched.</summary>
    public async Task<int> RunAsync()
    {
        await using (command)
        {
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Runs it and reads all rows.</summary>
    public async Task<List<T>> ListAsync<T>(Func<NpgsqlDataReader, T> read)
    {
        var rows = new List<T>();
        await using (command)
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }
        }

        return rows;
    }

    /// <summary>Runs it and reads all rows, blocking the calling thread and needing no other.</summary>
    public List<T> List<T>(Func<NpgsqlDataReader, T> read)
    {
        var rows = new List<T>();
        using (command)
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add(read(reader));
            }
        }

        return rows;
    }

    /// <summary>Runs it and reads the first row; the default where there is none.</summary>
    public async Task<T?> FirstAsync<T>(Func<NpgsqlDataReader, T> read)
    {
        await using (command)
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            return await reader.ReadAsync(cancellationToken) ? read(reader) : default;
        }
    }

    public Task<bool> IsTrueAsync() => FirstAsync(row => row.GetBoolean(0));

    private Statement Null(NpgsqlDbType type) => Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type });
}
