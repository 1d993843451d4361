using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Carillon.Sqlite.Native;

/// <summary>
/// A prepared statement: set parameters (from 1; an unset one is null), read rows or run it, dispose it. Directly on SQLite's
/// interface: ADO.NET's objects cost several microseconds a statement, more than the statement.
/// </summary>
internal sealed unsafe class Statement(Database database, nint handle, bool isKept) : IDisposable
{
    // What the parameters of one run of a usual row need. SQLite reads them where they lie, instead of copying each to memory of its own.
    private const int ScratchSize = 2048;
    private nint _handle = handle;
    private byte* _scratch;
    private int _scratchUsed;
    private bool _isInUse;
    private bool _isRunning;

    public Statement Begin()
    {
        if (_isInUse)
        {
            throw new InvalidOperationException("A statement was used again while its rows were being read; read them into a list first.");
        }

        _isInUse = true;
        return this;
    }

    public Statement Set(int index, long value)
    {
        database.Check(Sqlite3.BindInt64(_handle, index, value));
        return this;
    }

    public Statement Set(int index, long? value) => value is { } some ? Set(index, some) : this;

    public Statement Set(int index, bool value) => Set(index, value ? 1L : 0L);

    public Statement Set(int index, DateTimeOffset value) => Set(index, Instants.ToTicks(value));

    public Statement Set(int index, DateTimeOffset? value) => value is { } some ? Set(index, some) : this;

    public Statement Set(int index, TimeSpan value) => Set(index, value.Ticks);

    public Statement Set(int index, TimeSpan? value) => value is { } some ? Set(index, some) : this;

    public Statement Set(int index, double? value)
    {
        if (value is { } some)
        {
            database.Check(Sqlite3.BindDouble(_handle, index, some));
        }

        return this;
    }

    public Statement Set(int index, Guid value)
    {
        var bytes = stackalloc byte[16];
        value.TryWriteBytes(new Span<byte>(bytes, 16), bigEndian: true, out _);
        return Set(index, new ReadOnlySpan<byte>(bytes, 16));
    }

    public Statement Set(int index, scoped ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            database.Check(Sqlite3.BindZeroBlob(_handle, index, 0));
        }
        else if (TryReserve(value.Length, out var place))
        {
            value.CopyTo(new Span<byte>(place, value.Length));
            _scratchUsed += value.Length;
            database.Check(Sqlite3.BindBlob(_handle, index, place, value.Length, Sqlite3.Static));
        }
        else
        {
            fixed (byte* bytes = value)
            {
                database.Check(Sqlite3.BindBlob(_handle, index, bytes, value.Length, Sqlite3.Transient));
            }
        }

        return this;
    }

    public Statement Set(int index, string? value)
    {
        if (value is null)
        {
            return this;
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (TryReserve(most, out var place))
        {
            var length = Encoding.UTF8.GetBytes(value, new Span<byte>(place, most));
            _scratchUsed += length;
            database.Check(Sqlite3.BindText(_handle, index, place, length, Sqlite3.Static));
            return this;
        }

        var rented = ArrayPool<byte>.Shared.Rent(most);
        fixed (byte* text = rented)
        {
            database.Check(Sqlite3.BindText(_handle, index, text, Encoding.UTF8.GetBytes(value, rented), Sqlite3.Transient));
        }

        ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>Moves to the next row; false when there is none.</summary>
    public bool Read()
    {
        if (!_isRunning)
        {
            _isRunning = true;
            database.CountOne();
        }

        return Sqlite3.Step(_handle) switch
        {
            Sqlite3.Row => true,
            Sqlite3.Done => false,
            var code => throw database.Fail(code),
        };
    }

    /// <summary>Runs it to its end.</summary>
    public void Run()
    {
        while (Read())
        {
        }
    }

    /// <summary>Runs it and makes it ready to be set and run again.</summary>
    public void RunAgain()
    {
        Run();
        Reset();
    }

    public bool IsNull(int column) => Sqlite3.ColumnType(_handle, column) == Sqlite3.TypeNull;

    public long Long(int column) => Sqlite3.ColumnInt64(_handle, column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public int Int(int column) => (int)Long(column);

    public bool Flag(int column) => Long(column) != 0;

    public double? DoubleOrNull(int column) => IsNull(column) ? null : Sqlite3.ColumnDouble(_handle, column);

    public DateTimeOffset Instant(int column) => Instants.FromTicks(Long(column));

    public DateTimeOffset? InstantOrNull(int column) => IsNull(column) ? null : Instant(column);

    public TimeSpan Span(int column) => TimeSpan.FromTicks(Long(column));

    public TimeSpan? SpanOrNull(int column) => IsNull(column) ? null : Span(column);

    public Guid Id(int column) => new(Bytes(column), bigEndian: true);

    public ReadOnlySpan<byte> Bytes(int column)
    {
        // In this order: the conversion may move the value, and counts its bytes.
        var bytes = Sqlite3.ColumnBlob(_handle, column);
        return new ReadOnlySpan<byte>(bytes, Sqlite3.ColumnBytes(_handle, column));
    }

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>A text that comes again and again: rows share one string of it.</summary>
    public string Name(int column) => database.Names.Of(Bytes(column));

    public string? NameOrNull(int column) => IsNull(column) ? null : Name(column);

    /// <summary>Gives a kept statement back, or is rid of one made for one use.</summary>
    public void Dispose()
    {
        _isInUse = false;
        if (isKept)
        {
            Reset();
        }
        else
        {
            Close();
        }
    }

    public void Close()
    {
        _ = Sqlite3.Finalize(_handle);
        NativeMemory.Free(_scratch);
        _handle = 0;
        _scratch = null;
    }

    private bool TryReserve(int bytes, out byte* place)
    {
        if (bytes > ScratchSize - _scratchUsed)
        {
            place = null;
            return false;
        }

        if (_scratch is null)
        {
            _scratch = (byte*)NativeMemory.Alloc(ScratchSize);
        }

        place = _scratch + _scratchUsed;
        return true;
    }

    // The code that reset returns is the one of the step before, which was thrown there.
    private void Reset()
    {
        (_isRunning, _scratchUsed) = (false, 0);
        _ = Sqlite3.Reset(_handle);
        _ = Sqlite3.ClearBindings(_handle);
    }
}
