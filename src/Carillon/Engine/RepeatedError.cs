namespace Carillon.Engine;

/// <summary>Thins the lines of an error that stays: the first at once, then one a minute that says how many were kept back. Any other error is told at once.</summary>
internal sealed class RepeatedError(TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private string? _told;
    private long _toldAt;
    private int _keptBack;

    /// <summary>The error as the middle of a sentence, where it is to be told now; else null.</summary>
    public string? Tell(Exception error)
    {
        var reason = error.Message.TrimEnd('.', ' ');
        if (reason == _told && clock.GetElapsedTime(_toldAt) < Pause)
        {
            _keptBack++;
            return null;
        }

        var told = reason == _told && _keptBack > 0 ? $"{reason} (again, as {_keptBack} times since it was last told)" : reason;
        (_told, _toldAt, _keptBack) = (reason, clock.GetTimestamp(), 0);
        return told;
    }

    /// <summary>It works again: the next error is a new one.</summary>
    public void Forget() => _told = null;
}
