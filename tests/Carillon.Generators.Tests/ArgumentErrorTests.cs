namespace Carillon.Generators.Tests;

/// <summary>What arguments that do not fit are answered: where, what stands there, what was expected.</summary>
public sealed class ArgumentErrorTests
{
    [Theory]
    [InlineData("Guid campus", "{}", "$.campus: is missing; expected a UUID")]
    [InlineData("int max", "{\"min\":1}", "$.max: is missing; expected a whole number from -2147483648 to 2147483647")]
    [InlineData("int[] days", "{}", "$.days: is missing; expected an array")]
    [InlineData("Size[] sizes", "{\"sizes\":[{\"edge\":\"x\"}]}", "$.sizes[0].edge: does not fit Size: ")]
    [InlineData("string text, Size size", "{\"text\":\"a\"}", "$.size: is missing; expected Size")]
    [InlineData("string text", "{\"text\":null}", "$.text: null does not fit; expected a text")]
    [InlineData("string text", "{\"text\":5}", "$.text: '5' does not fit; expected a text")]
    [InlineData("bool isOn", "{\"isOn\":\"yes\"}", "$.isOn: 'yes' does not fit; expected true or false")]
    [InlineData("char letter", "{\"letter\":\"ab\"}", "$.letter: 'ab' does not fit; expected a text of one character")]
    [InlineData("byte level", "{\"level\":256}", "$.level: '256' does not fit; expected a whole number from 0 to 255")]
    [InlineData("int max", "{\"max\":1.5}", "$.max: '1.5' does not fit; expected a whole number from -2147483648 to 2147483647")]
    [InlineData("int max", "{\"max\":\" 1\"}", "$.max: ' 1' does not fit; expected a whole number from -2147483648 to 2147483647")]
    [InlineData("double rate", "{\"rate\":1e999}", "$.rate: '1e999' does not fit; expected a number")]
    [InlineData("Guid campus", "{\"campus\":\"north\"}", "$.campus: 'north' does not fit; expected a UUID")]
    [InlineData("DateTimeOffset at", "{\"at\":\"2027-01-31T09:00:00\"}", "$.at: '2027-01-31T09:00:00' does not fit; expected an instant with offset such as 2027-01-31T09:00:00Z")]
    [InlineData("DateTime at", "{\"at\":\"tomorrow\"}", "$.at: 'tomorrow' does not fit; expected a date and time such as 2027-01-31T09:00:00")]
    [InlineData("DateOnly day", "{\"day\":\"31.1.2027\"}", "$.day: '31.1.2027' does not fit; expected a date such as 2027-01-31")]
    [InlineData("TimeOnly time", "{\"time\":\"9\"}", "$.time: '9' does not fit; expected a time of day such as 09:30")]
    [InlineData("TimeSpan pause", "{\"pause\":\"5 minutes\"}", "$.pause: '5 minutes' does not fit; expected a duration such as 30s, 1h30m, PT5M or 00:05:00")]
    [InlineData("byte[] file", "{\"file\":\"?\"}", "$.file: '?' does not fit; expected bytes as a base64 text")]
    [InlineData("FileAccess access", "{\"access\":\"none\"}", "$.access: 'none' does not fit; expected one of read, write, readWrite")]
    [InlineData("FileAccess access", "{\"access\":\"1\"}", "$.access: '1' does not fit; expected one of read, write, readWrite")]
    [InlineData("int[][] grid", "{\"grid\":[[1],[2,\"x\"]]}", "$.grid[1][1]: 'x' does not fit; expected a whole number from -2147483648 to 2147483647")]
    [InlineData("int[] days", "{\"days\":{}}", "$.days: an object does not fit; expected an array")]
    [InlineData("string text", "{\"text\":[\"a\"]}", "$.text: an array does not fit; expected a text")]
    [InlineData("bool isOn", "{\"isOn\":\"a very long text that is cut so that no log is filled with it\"}", "$.isOn: 'a very long text that is cut so that no …' does not fit; expected true or false")]
    [InlineData("int max", "[1]", "$: an array does not fit; expected a JSON object with the handler's parameters as members")]
    [InlineData("int max", "null", "$: null does not fit; expected a JSON object with the handler's parameters as members")]
    [InlineData("int max", "{\"max\":", "$.max: the arguments are not valid JSON: ")]
    public async Task The_message_says_where_what_and_what_was_expected(string parameters, string args, string expected)
    {
        var host = Snippet.Compile($$"""public readonly record struct Size(int Edge); public static class Jobs { [Handles("x")] public static void Take({{parameters}}) { } }""").Host();

        var message = await host.RefusalAsync("x", args);

        Assert.StartsWith(expected, message, StringComparison.Ordinal);
    }
}
