using System.Net;
using System.Net.Sockets;
using Carillon.Handlers;

namespace Carillon.Tests.Handlers;

public sealed class HttpTargetsTests
{
    [Theory]
    [InlineData("https://127.0.0.1/", "", false)] // s000 loopback
    [InlineData("https://LOCALHOST./", "", false)] // s004 name, upper case, trailing dot
    [InlineData("https://127.1/", "", false)] // s008 short form
    [InlineData("https://127.0.1/", "", false)] // s009 short form
    [InlineData("https://0177.0.0.1/", "", false)] // s013 octal
    [InlineData("https://[::]/", "", false)] // s018 unspecified
    [InlineData("https://10.255.255.255/", "", false)] // s027 private
    [InlineData("https://172.16.0.1/", "", false)] // s028 private
    [InlineData("https://172.31.255.255/", "", false)] // s029 private
    [InlineData("https://192.168.1.1/", "", false)] // s030 private
    [InlineData("https://192.0.0.1/", "", false)] // s033 IETF protocol
    [InlineData("https://192.0.2.1/", "", false)] // s034 TEST-NET-1
    [InlineData("https://203.0.113.9/", "", false)] // s036 TEST-NET-3
    [InlineData("https://240.0.0.1/", "", false)] // s039 reserved
    [InlineData("https://255.255.255.255/", "", false)] // s040 broadcast
    [InlineData("https://[fe80::1%25eth0]/", "", false)] // s044 link local with a zone id
    [InlineData("https://[fec0::1]/", "", false)] // s045 site local
    [InlineData("https://[ff02::1]/", "", false)] // s046 multicast
    [InlineData("http://100.100.100.200/", "", false)] // s053 Alibaba metadata
    [InlineData("https://169.254.169.254./", "", false)] // s056 trailing dot
    [InlineData("https://2852039166/", "", false)] // s057 decimal 169.254.169.254
    [InlineData("https://[::ffff:169.254.169.254]/", "", false)] // s058 mapped metadata
    [InlineData("unix:///var/run/docker.sock", "", false)] // s063 scheme
    [InlineData("//example.com/", "", false)] // s066 no scheme
    [InlineData("example.com", "", false)] // s067 no scheme
    [InlineData("https://user:pass@example.com/", "", false)] // s071 user info
    [InlineData("https://127.0.0.1?@example.com/", "", false)] // s074 query trick
    [InlineData("https://example.com:25/", "", false)] // s079 port
    [InlineData("https://example.com:6379/", "", false)] // s080 port
    [InlineData("https://127\u30020\u30020\u30021/", "", false)] // s084 ideographic full stops
    [InlineData("https://\u24dbocalhost/", "", false)] // s085 enclosed letter
    [InlineData("https://hooks.example.org/", "93.184.215.14", true)] // s087 one public address
    [InlineData("https://hooks.example.org/", "93.184.215.14, 10.0.0.5", false)] // s088 one of two addresses is private
    [InlineData("https://hooks.example.org/", "2606:4700::6810:84e5", true)] // s092 public v6
    [InlineData("https://hooks.example.org/", "93.184.215.14 | 127.0.0.1", false)] // s094 rebinding: first look-up public, second loopback; must connect to the first, or fail
    [InlineData("https://8.8.8.8/", "", true)] // s098 public literal
    public async Task The_default_policy_decides_each_known_trick(string target, string answers, bool isAllowed) =>
        Assert.Equal(isAllowed, await IsAllowedAsync(target, answers));

    [Theory]
    [InlineData("/health", "http://127.0.0.1:9017/health", true)]
    [InlineData("http://127.0.0.1:9017/x", "http://127.0.0.1:9017/x", true)]
    [InlineData("http://127.0.0.1:9018/x", "http://127.0.0.1:9018/x", false)]
    [InlineData("/@10.0.0.1/", "http://127.0.0.1:9017/@10.0.0.1/", true)]
    public void Self_is_this_servers_own_origin_and_nothing_else(string given, string leadsTo, bool isAllowed)
    {
        Assert.True(HttpTargets.TryParse(["self"], out var targets, out _, self: () => "http://127.0.0.1:9017"));

        Assert.True(targets.TryRead(given, out var target, out _));

        Assert.Equal((leadsTo, isAllowed), (target.Uri.AbsoluteUri, targets.WhyRefused(target) is null));
    }

    [Theory]
    [InlineData("", true, "/x", "list \"self\"")]
    [InlineData("self", false, "/x", "in this process there is none")]
    [InlineData("self", true, "//example.com/", "must begin with http")]
    public void A_path_means_this_server_only_where_that_is_allowed_and_there_is_one(string allow, bool hasServer, string given, string said)
    {
        Assert.True(HttpTargets.TryParse(allow.Length == 0 ? [] : [allow], out var targets, out _, self: hasServer ? () => "http://127.0.0.1:9017" : null));

        Assert.False(targets.TryRead(given, out _, out var fault));

        Assert.Contains(said, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0"), InlineData("100.64.0.1"), InlineData("198.18.0.1"), InlineData("198.51.100.7"), InlineData("192.88.99.1"), InlineData("224.0.0.1")]
    [InlineData("::1"), InlineData("::7f00:1"), InlineData("fc00::1"), InlineData("fd00:ec2::254"), InlineData("2001:db8::1"), InlineData("3fff::1"), InlineData("5f00::1")]
    [InlineData("::ffff:10.0.0.1"), InlineData("64:ff9b::7f00:1"), InlineData("64:ff9b:1::808:808"), InlineData("2002:7f00:1::"), InlineData("2001:0:808:808::f5ff:fffe")]
    [InlineData("168.63.129.16"), InlineData("169.254.170.2")]
    public async Task A_special_address_is_refused_as_literal_and_as_answer(string address)
    {
        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

        Assert.False(await IsAllowedAsync($"http://{host}/", ""));
        Assert.False(await IsAllowedAsync("http://name.example/", $"8.8.8.8, {address}"));
    }

    [Theory]
    [InlineData("::ffff:8.8.8.8"), InlineData("64:ff9b::808:808"), InlineData("2a00:1450:4001:81b::200e"), InlineData("172.32.0.1"), InlineData("100.128.0.1")]
    public async Task A_public_address_is_open_however_it_is_written(string address) => Assert.True(await IsAllowedAsync("http://name.example/", address));

    [Theory]
    [InlineData("http://127.0.0.1:8000", "http://127.0.0.1:8000/x", "", true)]
    [InlineData("http://127.0.0.1:8000", "https://127.0.0.1:8000/x", "", false)]
    [InlineData("http://127.0.0.1:8000", "http://127.0.0.1:8001/x", "", false)]
    [InlineData("http://127.0.0.1:8000", "http://[::ffff:127.0.0.1]:8000/x", "", true)]
    [InlineData("127.0.0.1:81", "https://127.0.0.1:81/", "", true)]
    [InlineData("127.0.0.1", "http://127.0.0.1:81/", "", false)]
    [InlineData("127.0.0.1", "http://127.0.0.1:5000/", "", true)]
    [InlineData("[::1]:8000", "http://[::1]:8000/", "", true)]
    [InlineData("::1", "http://[::1]:8000/", "", true)]
    [InlineData("::1", "http://127.0.0.1:8000/", "", false)]
    [InlineData("10.1.0.0/16", "http://10.1.2.3/", "", true)]
    [InlineData("10.1.0.0/16", "http://10.2.2.3/", "", false)]
    [InlineData("10.1.0.0/16", "http://build.internal/", "10.1.2.3", true)]
    [InlineData("10.1.0.0/16", "http://build.internal/", "10.1.2.3, 10.2.2.3", false)]
    [InlineData("Build.Internal", "http://build.internal:8080/", "10.1.2.3, 192.168.0.9", true)]
    [InlineData("build.internal:8080", "http://build.internal:8081/", "10.1.2.3", false)]
    [InlineData("build.internal", "http://other.internal/", "10.1.2.3", false)]
    [InlineData("mail.example:25", "http://mail.example:25/", "8.8.8.8", true)]
    [InlineData("169.254.0.0/16", "http://169.254.169.254/", "", false)]
    [InlineData("name.example", "http://name.example/", "169.254.169.254", false)]
    [InlineData("169.254.169.254", "http://169.254.169.254/", "", true)]
    public async Task The_list_of_allowed_targets_opens_what_it_names_and_no_more(string allow, string target, string answers, bool isAllowed) =>
        Assert.Equal(isAllowed, await IsAllowedAsync(target, answers, allow));

    [Theory]
    [InlineData("http://127.0.0.1:8000/path"), InlineData("ftp://a"), InlineData("10.0.0.1/8"), InlineData("a:0"), InlineData("a:x"), InlineData(""), InlineData("a b"), InlineData("u@a"), InlineData("10.0.0.0/99")]
    public void A_wrong_entry_is_a_fault_that_names_it(string entry)
    {
        Assert.False(HttpTargets.TryParse(["good.example", entry], out _, out var faults));

        var fault = Assert.Single(faults);
        Assert.Equal(("http.allow[1]", entry), (fault.Field, fault.Value));
    }

    [Fact]
    public async Task The_reason_says_how_to_allow_it()
    {
        Assert.True(HttpTargets.TryParse([], out var targets, out _, (_, _) => Task.FromResult(new[] { IPAddress.Parse("10.0.0.7") })));
        Assert.True(TargetUrl.TryParse("http://build.internal:8080/x?secret=1", out var target, out _));

        var error = await Assert.ThrowsAsync<TargetRefusedException>(() => targets.CheckedAsync(target, CancellationToken.None));

        Assert.Equal("target_not_allowed: 'build.internal' leads to 10.0.0.7, which is not a public address (private); list \"http://build.internal:8080\" under http: allow: if it is meant", error.Message);
    }

    [Fact]
    public async Task A_call_goes_to_the_address_that_was_checked_after_one_look_up()
    {
        await using var server = new LoopbackServer(LoopbackServer.Answer("200 OK"));
        var (origin, lookUps) = (server.Origin.Replace("127.0.0.1", "name.example", StringComparison.Ordinal), 0);
        Assert.True(HttpTargets.TryParse([server.Origin], out var targets, out _, (_, _) => Task.FromResult(new[] { lookUps++ == 0 ? IPAddress.Loopback : IPAddress.Parse("10.0.0.1") })));

        var outcome = await new HttpHandler(targets).Definition.Run(new Attempts().Context($$"""{"url":"{{origin}}/"}"""));

        Assert.Null(outcome);
        Assert.Equal(1, lookUps);
        Assert.Contains("Host: name.example:", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_addresses_the_first_that_answers_is_taken()
    {
        await using var server = new LoopbackServer(LoopbackServer.Answer("200 OK"));
        var origin = server.Origin.Replace("127.0.0.1", "name.example", StringComparison.Ordinal);
        Assert.True(HttpTargets.TryParse(["name.example"], out var targets, out _, (_, _) => Task.FromResult(new[] { IPAddress.IPv6Loopback, IPAddress.Loopback })));

        Assert.Null(await new HttpHandler(targets).Definition.Run(new Attempts().Context($$"""{"url":"{{origin}}/"}""")));
    }

    [Fact]
    public async Task A_name_that_leads_inwards_fails_the_attempt_and_nothing_is_sent()
    {
        await using var server = new LoopbackServer(LoopbackServer.Answer("200 OK"));
        var origin = server.Origin.Replace("127.0.0.1", "name.example", StringComparison.Ordinal);
        Assert.True(HttpTargets.TryParse([], out var targets, out _, (_, _) => Task.FromResult(new[] { IPAddress.Loopback })));

        var error = await Assert.ThrowsAsync<AttemptFailedException>(() => new HttpHandler(targets).Definition.Run(new Attempts().Context($$"""{"url":"{{origin}}/"}""")));

        Assert.StartsWith("target_not_allowed: 'name.example' leads to 127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    // Look-ups are parted by bars: a name may answer anew each time it is asked, and each answer is checked.
    private static async Task<bool> IsAllowedAsync(string url, string answers, params string[] allow)
    {
        var lookUps = new Queue<string>(answers.Split(" | "));
        Assert.True(HttpTargets.TryParse(allow, out var targets, out _, (host, _) => Task.FromResult(Look(host, lookUps.Dequeue()))));
        if (!TargetUrl.TryParse(url, out var target, out _) || targets.WhyRefused(target) is not null)
        {
            return false;
        }

        try
        {
            do
            {
                await targets.CheckedAsync(target, CancellationToken.None);
            }
            while (target.Address is null && lookUps.Count > 0);
            return true;
        }
        catch (TargetRefusedException)
        {
            return false;
        }
    }

    private static IPAddress[] Look(string host, string answer) =>
        answer.Length > 0 ? [.. answer.Split(", ").Select(IPAddress.Parse)]
        : host == "localhost" ? [IPAddress.Loopback]
        : throw new SocketException((int)SocketError.HostNotFound);
}
