using System.Globalization;
using System.Text;
using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>The conditions of a statement put together for one list: fixed texts, and a parameter for each value.</summary>
internal sealed class Conditions
{
    private readonly StringBuilder _text = new("true");
    private readonly List<NpgsqlParameter> _values = [];

    public Conditions()
    {
    }

    /// <summary>As <see cref="JobFilter.Matches"/> reads it.</summary>
    public Conditions(JobFilter filter)
    {
        AddAny("id", filter.Ids?.ToArray(), NpgsqlDbType.Uuid);
        AddAny("state", filter.States?.Select(state => (short)state).ToArray(), NpgsqlDbType.Smallint);
        if (filter.States?.Contains(JobState.Succeeded) == false)
        {
            // The index of the few that failed is seen by the literal condition.
            Add("state <> 3");
        }

        if (filter.States is { Count: > 0 } states && states.All(state => state == JobState.Running))
        {
            Add(JobLists.IsRunning);
        }

        Add("queue = ", filter.Queue);
        Add("job_group = ", filter.Group);
        Add("handler = ", filter.Handler);
        Add("schedule = ", filter.Schedule);
        Add("created_at >= ", filter.From);
        Add("created_at < ", filter.To);
        Add("scheduled_at >= ", filter.ScheduledFrom);
        Add("scheduled_at < ", filter.ScheduledTo);
    }

    public void Add(string comparison, string? value) => Add(comparison, value is null ? null : Texts.Storable(value), NpgsqlDbType.Text);

    public void Add(string comparison, long? value) => Add(comparison, value, NpgsqlDbType.Bigint);

    public void Add(string comparison, Guid? value) => Add(comparison, value, NpgsqlDbType.Uuid);

    public void Add(string comparison, DateTimeOffset? value) => Add(comparison, value is { } given ? Instants.ToTicks(given) : null);

    /// <summary>A further condition without a value.</summary>
    public void Add(string condition) => _text.Append(" and ").Append(condition);

    /// <summary>One of these values, if any are given.</summary>
    public void AddAny<T>(string column, T[]? values, NpgsqlDbType element)
    {
        if (values is not null)
        {
            _values.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | element });
            _text.Append(CultureInfo.InvariantCulture, $" and {column} = any (${_values.Count})");
        }
    }

    public override string ToString() => _text.ToString();

    /// <summary>The statement with the values of its conditions; once or several times.</summary>
    public Statement Bind(Transaction transaction, string statement) =>
        _values.Aggregate(transaction.UseOnce(statement), (bound, value) => bound.Add(value.Clone()));

    private void Add(string comparison, object? value, NpgsqlDbType type)
    {
        if (value is not null)
        {
            _values.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
            _text.Append(CultureInfo.InvariantCulture, $" and {comparison}${_values.Count}");
        }
    }
}
