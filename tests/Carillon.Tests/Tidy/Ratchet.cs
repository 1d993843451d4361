namespace Carillon.Tests.Tidy;

/// <summary>
/// What breaks a rule today, with its reason, in <c>Exceptions.txt</c>: a line is <c>rule | what | reason</c>. What is not listed is an
/// error, and so is what is listed and no longer true: the list can only be made longer by somebody who means to.
/// </summary>
internal static class Ratchet
{
    private static readonly string File = Rest.Repository.Path("tests/Carillon.Tests/Tidy/Exceptions.txt");

    public static void Check(string rule, IEnumerable<string> broken)
    {
        var listed = Lines().Where(line => line[0] == rule).ToList();
        var found = broken.Distinct().Order(StringComparer.Ordinal).ToList();

        var news = found.Except(listed.Select(line => line[1])).ToList();
        var old = listed.Select(line => line[1]).Except(found).ToList();
        Assert.True(news.Count == 0, $"These break the rule '{rule}'; mend them (or list them with a reason in {File}):\n{string.Join('\n', news.Select(what => $"{rule} | {what} | "))}");
        Assert.True(old.Count == 0, $"These no longer break the rule '{rule}'; take them out of {File}:\n{string.Join('\n', old)}");
    }

    public static void CheckReasons()
    {
        var bare = Lines().Where(line => line.Length != 3 || line[2].Length < 10).Select(line => string.Join(" | ", line));

        Assert.Empty(bare);
    }

    private static IEnumerable<string[]> Lines() =>
        System.IO.File.ReadLines(File).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('|', StringSplitOptions.TrimEntries));
}
