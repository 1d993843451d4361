using System.Text;
using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>The conditions of a statement put together for one list: fixed texts, and a parameter for each value.</summary>
internal sealed class Conditions
{
    private readonly StringBuilder _text = new("1 = 1");
    private readonly List<Action<Statement, int>> _values = [];

    public Conditions()
    {
    }

    /// <summary>As <see cref="JobFilter.Matches"/> reads it.</summary>
    public Conditions(JobFilter filter)
    {
        AddAny("id", filter.Ids?.Select(id => (Action<Statement, int>)((statement, index) => statement.Set(index, id))));
        AddAny("state", filter.States?.Select(state => (Action<Statement, int>)((statement, index) => statement.Set(index, (long)state))));
        Add("queue = ", filter.Queue, (statement, index) => statement.Set(index, filter.Queue));
        Add("handler = ", filter.Handler, (statement, index) => statement.Set(index, filter.Handler));
        Add("schedule = ", filter.Schedule, (statement, index) => statement.Set(index, filter.Schedule));
        Add("created_at >= ", filter.From, (statement, index) => statement.Set(index, filter.From));
        Add("created_at < ", filter.To, (statement, index) => statement.Set(index, filter.To));
    }

    /// <summary>A further condition, if there is a value for it.</summary>
    public void Add(string comparison, object? value, Action<Statement, int> set)
    {
        if (value is not null)
        {
            _values.Add(set);
            _text.Append(" and ").Append(comparison).Append('?').Append(_values.Count);
        }
    }

    /// <summary>A further condition without a value.</summary>
    public void Add(string condition) => _text.Append(" and ").Append(condition);

    /// <summary>The number of the next parameter.</summary>
    public int NextParameter => _values.Count + 1;

    public override string ToString() => _text.ToString();

    public Statement Bind(Statement statement)
    {
        for (var i = 0; i < _values.Count; i++)
        {
            _values[i](statement, i + 1);
        }

        return statement;
    }

    public void AddAny(string column, IEnumerable<Action<Statement, int>>? values)
    {
        if (values is not null)
        {
            var first = _values.Count + 1;
            _values.AddRange(values);
            _text.Append(" and ").Append(column).Append(" in (").AppendJoin(", ", Enumerable.Range(first, _values.Count + 1 - first).Select(index => $"?{index}")).Append(')');
        }
    }
}
