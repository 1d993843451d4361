using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Access;
using Carillon.Server.Cli;
using Carillon.Store;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon key …</c>: by the running server; while none runs, in the store's file, so that the first key can be made before the first start.</summary>
internal static class KeyVerbs
{
    private const string Path = "api/v1/keys";
    private static readonly Argument<string> Name = new("name") { Description = "Who will use it; the journal names it with each act" };
    private static readonly Argument<string> Id = new("id") { Description = "The key's id, as `key list` shows it" };
    private static readonly Option<Role> RoleOption = new("--role") { Description = "viewer reads; operator also triggers, retries, cancels, pauses; admin also writes schedules, keys, settings", HelpName = "ROLE", Required = true };
    private static readonly Option<string?> ExpiresAt = new("--expires-at") { Description = "Refused from this instant on", HelpName = "INSTANT" };

    public static Verb Make() => new Verb("key", "API keys: create, list, revoke").With(
        new Verb("create", "Make a key; its secret is shown this once. The first one must be an admin's: from then on every call needs a key",
            "carillon key create ops --role admin", "carillon key create dashboard --role viewer --expires-at 2030-01-01T00:00:00Z")
            .With(Name, RoleOption, ExpiresAt, StoreOption.Store).Does(CreateAsync),
        new Verb("list", "All keys, never their secrets", "carillon key list").With(StoreOption.Store).Does(ListAsync),
        new Verb("revoke", "End a key; every node refuses it within five seconds", "carillon key revoke 01981c2e7c9b7d3e8a542f6f6b1d9c10").With(Id, StoreOption.Store).Does(RevokeAsync));

    private static Task<int> CreateAsync(Session session, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["name"] = session.Get(Name), ["role"] = NameOf(session.Get(RoleOption)) };
        if (session.Get(ExpiresAt) is { } expires)
        {
            body["expiresAt"] = expires;
        }

        return ReachAsync(
            session,
            async () => Created(session, await session.Api.PostAsync(Path, body, cancellationToken)),
            async keys =>
            {
                var made = await keys.CreateAsync(session.Get(Name), session.Get(RoleOption), InstantOption.Parse("--expires-at", session.Get(ExpiresAt)), Act("key.create"), cancellationToken);
                var answer = View(made.Key);
                answer["key"] = made.Secret;
                return Created(session, Element(answer));
            },
            cancellationToken);
    }

    private static Task<int> ListAsync(Session session, CancellationToken cancellationToken) => ReachAsync(
        session,
        async () => Listed(session, await session.Api.GetAsync(Path, cancellationToken)),
        async keys => Listed(session, Element(new JsonObject { ["items"] = new JsonArray([.. (await keys.ListAsync(cancellationToken)).Select(View)]), ["next"] = null })),
        cancellationToken);

    private static Task<int> RevokeAsync(Session session, CancellationToken cancellationToken) => ReachAsync(
        session,
        async () => Revoked(session, await session.Api.DeleteAsync($"{Path}/{Query.Segment(session.Get(Id))}", cancellationToken)),
        async keys => await keys.RevokeAsync(session.Get(Id), Act("key.revoke"), cancellationToken)
            ? Revoked(session, default)
            : throw new CliException(Exit.NotFound, $"There is no key with the id {session.Get(Id)}; `carillon key list` shows them."),
        cancellationToken);

    // A store named on the command line is opened; otherwise the server is asked, and without one the usual file is taken.
    private static async Task<int> ReachAsync(Session session, Func<Task<int>> online, Func<KeyClient, Task<int>> offline, CancellationToken cancellationToken)
    {
        if (!session.IsGiven(StoreOption.Store))
        {
            try
            {
                return await online();
            }
            catch (CliException unreachable) when (unreachable.ExitCode == Exit.NotReachable && !session.IsGiven(CommonOptions.Server))
            {
                session.Terminal.Note($"No server runs at {session.Server}; working on {StoreOption.ChoiceOf(session)}.");
            }
        }

        await using var store = await OfflineStore.OpenAsync(StoreOption.ChoiceOf(session), cancellationToken);
        return await offline(new KeyClient(store.Instance.Store, store.Instance.Clock, store.Instance.Ids));
    }

    private static int Created(Session session, JsonElement answer) => session.Answer(answer, key =>
    {
        session.Terminal.Line(key.Text("key") ?? "");
        session.Terminal.Note($"The key {key.Text("name")} ({key.Text("role")}) was made. It is shown this once; hand it over as CARILLON_KEY or Authorization: Bearer.");
    });

    private static int Listed(Session session, JsonElement answer) => session.Answer(answer, page =>
    {
        var table = new Table("ID", "NAME", "ROLE", "ENDS IN", "CREATED", "EXPIRES");
        foreach (var key in page.Items("items"))
        {
            table.Add(key.Text("id"), key.Text("name"), key.Text("role"), "…" + key.Text("last4"), key.Instant("createdAt"), key.Instant("expiresAt"));
        }

        table.Write(session.Terminal, "There are no keys: only this machine's users may call, and need none.");
    });

    private static int Revoked(Session session, JsonElement answer) => session.Answer(answer, _ => session.Terminal.Line($"{session.Get(Id)}: revoked."));

    private static JsonObject View(ApiKey key) => new()
    {
        ["id"] = key.Id,
        ["name"] = key.Name,
        ["role"] = NameOf(key.Role),
        ["last4"] = key.Last4,
        ["createdAt"] = key.CreatedAt,
        ["expiresAt"] = key.ExpiresAt,
    };

    private static string NameOf(Role role) => JsonNamingPolicy.CamelCase.ConvertName(role.ToString());

    private static JsonElement Element(JsonObject json) => JsonSerializer.SerializeToElement(json, CliJson.Default.JsonObject);

    private static Act Act(string what) => new(Environment.UserName, "cli", what);
}
