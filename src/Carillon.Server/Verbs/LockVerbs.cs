using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon lock …</c></summary>
internal static class LockVerbs
{
    public static Verb Make() => new Verb("lock", "The locks that programs hold").With(
        new Verb("list", "Held locks, and which node has each", "carillon lock list").Does(ListAsync));

    private static async Task<int> ListAsync(Session session, CancellationToken cancellationToken)
    {
        var answer = await session.Api.GetAsync("api/v1/locks", cancellationToken);
        return session.Answer(answer, page =>
        {
            var table = new Table("LOCK", "NODE", "TOKEN", "SINCE", "LEASE UNTIL");
            foreach (var held in page.Items("items"))
            {
                table.Add(held.Text("name"), held.Text("node"), held.Text("token"), held.Instant("since"), held.Instant("until"));
            }

            table.Write(session.Terminal, "No lock is held.");
        });
    }
}
