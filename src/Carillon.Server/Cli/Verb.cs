using System.CommandLine;

namespace Carillon.Server.Cli;

/// <summary>A command with an example that its help prints, and an action whose refusals become a message and an exit code.</summary>
internal sealed class Verb : Command
{
    public Verb(string name, string description, params string[] examples) : base(name, description) => Examples = examples;

    public IReadOnlyList<string> Examples { get; }

    public Verb With(params Symbol[] symbols)
    {
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument: Add(argument); break;
                case Option option: Add(option); break;
                case Command command: Add(command); break;
            }
        }

        return this;
    }

    /// <summary>What it does.</summary>
    public Verb Does(Func<Session, CancellationToken, Task<int>> action)
    {
        SetAction(async (parse, cancellationToken) =>
        {
            using var session = new Session(parse);
            return await action(session, cancellationToken);
        });
        return this;
    }
}
