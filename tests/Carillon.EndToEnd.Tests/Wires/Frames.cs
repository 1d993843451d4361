using System.Buffers.Binary;

namespace Carillon.EndToEnd.Tests.Wires;

/// <summary>
/// The messages that a client of PostgreSQL sends, as far as a proxy must know them: where one ends, and which one makes a transaction
/// durable. That is a query COMMIT, or outside a transaction block the message that ends a group of statements.
/// </summary>
internal sealed class Frames
{
    private const int StartupVersion = 3;
    private const int TypeLength = 1;
    private bool _isStarted;
    private bool _isInBlock;

    /// <summary>The length of the first whole message; 0 while it has not come whole.</summary>
    public int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var head = _isStarted ? TypeLength : 0;
        if (bytes.Length < head + sizeof(int))
        {
            return 0;
        }

        var length = head + BinaryPrimitives.ReadInt32BigEndian(bytes[head..]);
        return length <= bytes.Length ? length : 0;
    }

    /// <summary>Takes note of a whole message, and says whether it commits.</summary>
    public bool IsCommit(ReadOnlySpan<byte> message)
    {
        if (!_isStarted)
        {
            // Before it there may be questions about encryption, which have a version that does not exist.
            _isStarted = BinaryPrimitives.ReadInt16BigEndian(message[sizeof(int)..]) == StartupVersion;
            return false;
        }

        return (char)message[0] switch
        {
            'Q' => IsCommitQuery(message[(TypeLength + sizeof(int))..]),
            'S' => !_isInBlock,
            _ => false,
        };
    }

    private bool IsCommitQuery(ReadOnlySpan<byte> text)
    {
        var isCommit = text.StartsWith("COMMIT"u8);
        _isInBlock = text.StartsWith("BEGIN"u8) || (_isInBlock && !isCommit && !(text.StartsWith("ROLLBACK"u8) && !text.StartsWith("ROLLBACK TO"u8)));
        return isCommit;
    }
}
