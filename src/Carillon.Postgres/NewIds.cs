namespace Carillon.Postgres;

/// <summary>
/// Which ids cannot be in the database: those above all that were there when the store was opened and that this process has not offered
/// since. Ids are made in rising order, so nearly every new one is; the last ones offered are remembered one by one, because callers
/// that come at once do not come in the order of their ids.
/// </summary>
internal sealed class NewIds
{
    private const int Remembered = 32_768;
    private readonly Lock _lock = new();
    private HashSet<Guid> _young = [];
    private HashSet<Guid> _old = [];
    private (Guid Young, Guid Old) _greatest;
    private Guid _floor;

    /// <summary>True once for each id that is surely new.</summary>
    public bool Offer(Guid id)
    {
        lock (_lock)
        {
            if (id.CompareTo(_floor) <= 0 || _old.Contains(id) || !_young.Add(id))
            {
                return false;
            }

            _greatest.Young = id.CompareTo(_greatest.Young) > 0 ? id : _greatest.Young;
            if (_young.Count == Remembered)
            {
                Age();
            }

            return true;
        }
    }

    /// <summary>Ids up to this one may be there.</summary>
    public void Expect(Guid id)
    {
        lock (_lock)
        {
            _floor = id.CompareTo(_floor) > 0 ? id : _floor;
        }
    }

    // Of those forgotten, the greatest stands for all: whatever is not above it may be there.
    private void Age()
    {
        _floor = _greatest.Old.CompareTo(_floor) > 0 ? _greatest.Old : _floor;
        _greatest = (default, _greatest.Young);
        (_young, _old) = (_old, _young);
        _young.Clear();
    }
}
