namespace Carillon.Language;

/// <summary>A schedule's text was refused: the message says where, what was expected and a hint.</summary>
public sealed class ScheduleFormatException : FormatException
{
    /// <summary>With the particulars.</summary>
    public ScheduleFormatException(ParseError error) : base(error.Message) => Error = error;

    /// <summary>With a message only.</summary>
    public ScheduleFormatException(string message) : base(message) => Error = new ParseError(0, 0, message, "a schedule");

    /// <summary>With a message and its cause.</summary>
    public ScheduleFormatException(string message, Exception innerException) : base(message, innerException) =>
        Error = new ParseError(0, 0, message, "a schedule");

    /// <summary>Without particulars.</summary>
    public ScheduleFormatException() : this("The schedule cannot be read.") { }

    /// <summary>Position, what was expected, hint.</summary>
    public ParseError Error { get; }
}
