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
        AddStates(filter.States);
        Add("queue = ", filter.Queue, (statement, index) => statement.Set(index, filter.Queue));
        Add("job_group = ", filter.Group, (statement, index) => statement.Set(index, filter.Group));
        Add("handler = ", filter.Handler, (statement, index) => statement.Set(index, filter.Handler));
        Add("schedule = ", filter.Schedule, (statement, index) => statement.Set(index, filter.Schedule));
        Add("created_at >= ", filter.From, (statement, index) => statement.Set(index, filter.From));
        Add("created_at < ", filter.To, (statement, index) => statement.Set(index, filter.To));
        Add("scheduled_at >= ", filter.ScheduledFrom, (statement, index) => statement.Set(index, filter.ScheduledFrom));
        Add("scheduled_at < ", filter.ScheduledTo, (statement, index) => statement.Set(index, filter.ScheduledTo));
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

    // Nearly all ended jobs succeeded: the page is read in the order of ids then (the plus keeps SQLite from gathering and sorting them all).
    // Without them the index of the few that failed will do, which SQLite sees by the literal condition.
    private void AddStates(IReadOnlyList<JobState>? states)
    {
        var isOfMany = states?.Contains(JobState.Succeeded) == true;
        AddAny(isOfMany ? "+state" : "state", states?.Select(state => (Action<Statement, int>)((statement, index) => statement.Set(index, (long)state))));
        if (states is not null && !isOfMany)
        {
            Add("state <> 3");
        }
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
