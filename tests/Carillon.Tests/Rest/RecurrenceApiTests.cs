using System.Net;

namespace Carillon.Tests.Rest;

public sealed class RecurrenceApiTests
{
    private const string Path = "/api/v1/recurrences/preview";

    [Fact]
    public async Task A_preview_explains_warns_and_lists_instants()
    {
        await using var api = await ApiHost.StartAsync();

        var preview = await api.PostAsync(Path, """{"cron":"0 30 2 * * 0","zone":"Europe/Berlin","from":"2027-03-27T00:00:00Z","count":2,"gap":"shift"}""");

        Assert.Equal(HttpStatusCode.OK, preview.Status);
        Assert.Equal(("cron", "unix", "30 2 * * 0", "at 02:30 on Sunday", "Europe/Berlin"),
            (preview["form"].GetString(), preview["dialect"].GetString(), preview["canonical"].GetString(), preview["explanation"].GetString(), preview["zone"].GetString()));
        Assert.Equal(0, preview["warnings"].GetArrayLength());
        Assert.Equal("on Sunday", preview["fields"][4].GetProperty("meaning").GetString());
        Assert.Equal(("2027-03-28T01:30:00Z", "2027-03-28T03:30:00+02:00", "clock goes forward by 1h at 02:00"),
            (preview["next"][0].GetProperty("at").GetString(), preview["next"][0].GetProperty("local").GetString(), preview["next"][0].GetProperty("clock").GetString()));
        Assert.False(preview["next"][1].TryGetProperty("clock", out _));
    }

    [Fact]
    public async Task A_text_that_never_fires_has_no_instants()
    {
        await using var api = await ApiHost.StartAsync();

        var preview = await api.PostAsync(Path, """{"cron":"0 0 31 2 *"}""");

        Assert.Equal("never fires: 31 February", preview["explanation"].GetString());
        Assert.Equal(0, preview["next"].GetArrayLength());
    }

    [Theory]
    [InlineData("""{}""", "cron")]
    [InlineData("""{"cron":"@daily","every":"5m"}""", "every")]
    [InlineData("""{"cron":"61 * * * *"}""", "cron")]
    [InlineData("""{"cron":"@daily","dialect":"spring"}""", "dialect")]
    [InlineData("""{"cron":"@daily","zone":"Berlin"}""", "zone")]
    [InlineData("""{"cron":"TZ=Europe/Paris @daily","zone":"Europe/Berlin"}""", "zone")]
    [InlineData("""{"cron":"@daily","count":0}""", "count")]
    [InlineData("""{"cron":"@daily","count":1001}""", "count")]
    [InlineData("""{"cron":"@daily","gap":"jump"}""", "gap")]
    [InlineData("""{"cron":"@daily","kount":1}""", "kount")]
    public async Task A_wrong_body_is_refused_where_it_is_wrong(string body, string field)
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.PostAsync(Path, body);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(field, refused.Json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_answers_with_its_warnings()
    {
        await using var api = await ApiHost.StartAsync();

        var odd = await api.PutAsync("/api/v1/schedules/odd", """{"handler":"x","cron":"0 0 9 * * 1"}""");
        var plain = await api.PutAsync("/api/v1/schedules/plain", """{"handler":"x","cron":"0 9 * * 1"}""");

        Assert.Contains("quartz", odd["warnings"][0].GetString(), StringComparison.Ordinal);
        Assert.False(plain.Json.TryGetProperty("warnings", out _));
    }
}
