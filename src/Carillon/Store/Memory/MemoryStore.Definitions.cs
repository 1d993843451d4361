using System.Text.Json.Nodes;

namespace Carillon.Store.Memory;

// Small named documents.
internal sealed partial class MemoryStore
{
    public Task<bool> PutDefinitionAsync(string kind, string name, string body, long? expectedVersion, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync(() => TryPutDefinition(new Definition(kind, name, 0, body, now), expectedVersion, act), cancellationToken);

    public Task<Definition?> GetDefinitionAsync(string kind, string name, CancellationToken cancellationToken) =>
        TransactAsync(() => _definitions.GetValueOrDefault((kind, name)), cancellationToken);

    public Task<IReadOnlyList<Definition>> ListDefinitionsAsync(string kind, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<Definition>>(
            () => [.. _definitions.Values.Where(definition => definition.Kind == kind).OrderBy(definition => definition.Name, StringComparer.Ordinal)],
            cancellationToken);

    public Task<bool> RemoveDefinitionAsync(string kind, string name, Act? act, DateTimeOffset now, CancellationToken cancellationToken) =>
        TransactAsync(() => TryRemoveDefinition(kind, name, act, now), cancellationToken);

    private bool TryPutDefinition(Definition definition, long? expectedVersion, Act? act)
    {
        var before = _definitions.GetValueOrDefault((definition.Kind, definition.Name));
        var version = before?.Version ?? 0;
        if (expectedVersion is not null && expectedVersion != version)
        {
            return false;
        }

        Put(_definitions, (definition.Kind, definition.Name), definition with { Version = version + 1 });
        NoteChange(before, definition, act, definition.UpdatedAt);
        return true;
    }

    private bool TryRemoveDefinition(string kind, string name, Act? act, DateTimeOffset now)
    {
        if (!_definitions.TryGetValue((kind, name), out var before))
        {
            return false;
        }

        Remove(_definitions, (kind, name));
        NoteChange(before, null, act, now);
        return true;
    }

    private void NoteChange(Definition? before, Definition? after, Act? act, DateTimeOffset now)
    {
        var changed = after ?? before!;

        // A resumed queue or a raised limit makes jobs claimable. A rate that changed begins anew: what was spent says nothing of it.
        _signal |= changed.Kind switch { DefinitionKinds.Queue => StoreSignal.Jobs, DefinitionKinds.Node => StoreSignal.Cancels, _ => StoreSignal.None };
        if (changed.Kind == DefinitionKinds.Queue)
        {
            var (old, current) = (QueueSettings.Read(before?.Body), QueueSettings.Read(after?.Body));
            ForgetBuckets(spent => spent.Bucket.Queue == changed.Name && old.RateOf(spent.Bucket) != current.RateOf(spent.Bucket));
        }

        AppendAct(new Subject(SubjectKindOf(changed.Kind), changed.Name), act, ToJson(before), ToJson(after), now);
    }

    private static SubjectKind SubjectKindOf(string kind) => kind switch
    {
        DefinitionKinds.Queue => SubjectKind.Queue,
        DefinitionKinds.Key => SubjectKind.Key,
        DefinitionKinds.Node => SubjectKind.Node,
        _ => SubjectKind.Setting,
    };

    private static JsonNode? ToJson(Definition? definition) => definition is null ? null : JsonNode.Parse(definition.Body);
}
