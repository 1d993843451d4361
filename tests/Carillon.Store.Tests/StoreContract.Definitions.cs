using System.Text.Json;

namespace Carillon.Store.Tests;

// Small named documents.
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_definition_comes_back_with_its_version()
    {
        Assert.True(await DefineAsync("mail", """{"maxConcurrent":3}""", 0));

        var definition = await Store.GetDefinitionAsync(DefinitionKinds.Queue, "mail", Stop);

        Assert.Equal(new Definition(DefinitionKinds.Queue, "mail", 1, """{"maxConcurrent":3}""", Noon), definition);
        Assert.Null(await Store.GetDefinitionAsync(DefinitionKinds.Key, "mail", Stop));
    }

    [Fact]
    public async Task A_definition_is_written_by_the_version_that_was_read()
    {
        await DefineAsync("mail", "{}", 0);

        Assert.False(await DefineAsync("mail", """{"maxConcurrent":1}""", 0));
        Assert.False(await DefineAsync("mail", """{"maxConcurrent":1}""", 2));
        Assert.True(await DefineAsync("mail", """{"maxConcurrent":2}""", 1, Noon + Second));

        Assert.Equal(new Definition(DefinitionKinds.Queue, "mail", 2, """{"maxConcurrent":2}""", Noon + Second), await Store.GetDefinitionAsync(DefinitionKinds.Queue, "mail", Stop));
    }

    [Fact]
    public async Task A_definition_that_is_not_there_is_not_changed()
    {
        Assert.False(await DefineAsync("mail", "{}", 1));
        Assert.Empty(await Store.ListDefinitionsAsync(DefinitionKinds.Queue, Stop));
    }

    [Fact]
    public async Task Without_a_version_the_last_writer_stands()
    {
        Assert.True(await DefineAsync("mail", """{"maxConcurrent":1}""", null));
        Assert.True(await DefineAsync("mail", """{"maxConcurrent":2}""", null));

        Assert.Equal(2, (await Store.GetDefinitionAsync(DefinitionKinds.Queue, "mail", Stop))!.Version);
    }

    [Fact]
    public async Task Definitions_of_a_kind_are_listed_by_name()
    {
        await DefineAsync("b", "{}", 0);
        await DefineAsync("a", "{}", 0);
        await DefineAsync("C", "{}", 0);
        await Store.PutDefinitionAsync(DefinitionKinds.Setting, "a", "{}", null, null, Noon, Stop);

        Assert.Equal(["C", "a", "b"], (await Store.ListDefinitionsAsync(DefinitionKinds.Queue, Stop)).Select(definition => definition.Name));
    }

    [Fact]
    public async Task A_definition_is_removed_once()
    {
        await DefineAsync("mail", "{}", 0);

        Assert.True(await Store.RemoveDefinitionAsync(DefinitionKinds.Queue, "mail", null, Noon, Stop));
        Assert.False(await Store.RemoveDefinitionAsync(DefinitionKinds.Queue, "mail", ByAda, Noon, Stop));

        Assert.Null(await Store.GetDefinitionAsync(DefinitionKinds.Queue, "mail", Stop));
        Assert.Empty(await Store.ReadAsync(new JournalQuery(), Stop));
    }

    [Theory]
    [InlineData(DefinitionKinds.Queue, SubjectKind.Queue)]
    [InlineData(DefinitionKinds.Key, SubjectKind.Key)]
    [InlineData(DefinitionKinds.Node, SubjectKind.Node)]
    [InlineData(DefinitionKinds.Owner, SubjectKind.Setting)]
    [InlineData(DefinitionKinds.Setting, SubjectKind.Setting)]
    public async Task An_act_on_a_definition_is_recorded_or_nothing_is(string kind, SubjectKind subject)
    {
        var act = new Act("ada", "cli", "define");
        await Store.PutDefinitionAsync(kind, "x", """{"v":1}""", 0, act, Noon, Stop);
        await Store.PutDefinitionAsync(kind, "x", """{"v":9}""", 0, act, Noon, Stop);
        await Store.PutDefinitionAsync(kind, "x", """{"v":2}""", 1, act, Noon, Stop);
        await Store.RemoveDefinitionAsync(kind, "x", act with { What = "undefine" }, Noon, Stop);

        var entries = await Store.ReadAsync(new JournalQuery { Subject = new Subject(subject, "x"), Kinds = [JournalKinds.Act] }, Stop);

        Assert.Equal([("define", null, 1), ("define", 1, 2), ("undefine", 2, null)], entries.Select(ReadVersions));
    }

    private Task<bool> DefineAsync(string queue, string body, long? version, DateTimeOffset? now = null) =>
        Store.PutDefinitionAsync(DefinitionKinds.Queue, queue, body, version, null, now ?? Noon, Stop);

    private static (string? Act, int? Before, int? After) ReadVersions(JournalEntry entry) =>
        Read(entry, data => (data.GetProperty("act").GetString(), VersionIn(data, "before"), VersionIn(data, "after")));

    private static int? VersionIn(JsonElement data, string side) =>
        data.TryGetProperty(side, out var value) && value.ValueKind == JsonValueKind.Object ? value.GetProperty("v").GetInt32() : null;
}
