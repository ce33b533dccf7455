using System.Net;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Batches;
using Farm.Grains.Tests.Support;
using Farm.Grains.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests.Webhooks;

/// <summary>Messages from the end of a prompt or batch to a real socket.</summary>
public sealed class WebhookTests
{
    private const string Secret = "a key of some length";

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::7f00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void Target_OfASpecialBlock_IsNotPublic(string address) => Assert.False(TargetGuard.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("192.167.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700:4700::1111")]
    public void Target_OfTheInternet_IsPublic(string address) => Assert.True(TargetGuard.IsPublic(IPAddress.Parse(address)));

    /// <summary>Computed with OpenSSL: <c>printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'a key of some length'</c>.</summary>
    [Fact]
    public void Signature_OfTimeAndBody_IsHmacSha256() =>
        Assert.Equal("5addd6e1974497a6f13107dc1d36ff9e93009bb7a7af041559bc7d90f1aaf271", WebhookSender.Signature(Encoding.UTF8.GetBytes(Secret), 1700000000, """{"a":1}"""));

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(5, 160)]
    [InlineData(9, 2560)]
    [InlineData(10, 3600)]
    [InlineData(500, 3600)]
    public void Delay_AfterTries_DoublesUpToTheLongest(int tries, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), WebhookDispatcher.DelayAfter(tries, new WebhookOptions()));

    [Fact]
    public async Task Prompt_WithAWebhook_IsToldSignedAndAgainAfterAFailureAndAKill()
    {
        using var receiver = new Receiver(500, 200);
        await using var farm = await StartAsync();
        await farm.SubmitAsync(Samples.Submission("p1") with { ExtraData = Extra(receiver) });
        await farm.RunNextAsync();

        var first = await receiver.NextAsync(farm);
        await farm.KillAsync();
        await farm.StartAgainAsync();
        var second = await receiver.NextAsync(farm);

        using var body = JsonDocument.Parse(first.Body);
        Assert.Equal(("prompt.ended", "p1", "completed"), (
            body.RootElement.GetProperty("event").GetString(),
            body.RootElement.GetProperty("data").GetProperty("prompt_id").GetString(),
            body.RootElement.GetProperty("data").GetProperty("status").GetString()));
        Assert.Equal((first.Body, first.Headers["x-farm-delivery"]), (second.Body, second.Headers["x-farm-delivery"]));
        Assert.Equal(body.RootElement.GetProperty("id").GetString(), first.Headers["x-farm-delivery"]);
        var signed = second.Headers["x-farm-signature"].Split(',');
        var time = long.Parse(signed[0][2..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal("v1=" + WebhookSender.Signature(Encoding.UTF8.GetBytes(Secret), time, second.Body), signed[1]);
        await UntilAsync(farm, Guid.Parse(first.Headers["x-farm-delivery"]), found => found.Delivered);
    }

    [Fact]
    public async Task Batch_WithAWebhook_IsTold()
    {
        using var receiver = new Receiver(200);
        await using var farm = await StartAsync();
        var batch = farm.Grains.GetGrain<IBatchGrain>(Guid.NewGuid());
        await batch.SubmitAsync(new BatchSubmission { Template = Samples.Submission("t"), Plan = new BatchPlan(), Concurrency = 1, Webhook = receiver.Address });
        while (await farm.Scheduler.CountAsync("default") == 0) await batch.WakeAsync();
        await farm.RunNextAsync();

        using var body = JsonDocument.Parse((await receiver.NextAsync(farm)).Body);

        Assert.Equal(("batch.ended", "completed", 1), (
            body.RootElement.GetProperty("event").GetString(),
            body.RootElement.GetProperty("data").GetProperty("status").GetString(),
            body.RootElement.GetProperty("data").GetProperty("completed").GetInt32()));
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        using var elsewhere = new Receiver(200);
        using var receiver = new Receiver(302) { Location = elsewhere.Address };
        await using var farm = await StartAsync();
        await farm.SubmitAsync(Samples.Submission("p1") with { ExtraData = Extra(receiver) });
        await farm.RunNextAsync();

        var told = await receiver.NextAsync(farm);

        await UntilAsync(farm, Guid.Parse(told.Headers["x-farm-delivery"]), found => found.Error == "answered 302");
        Assert.False(elsewhere.Told);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task Loopback_UnlessAllowed_IsRefusedWhenItIsConnectedTo(string host)
    {
        using var receiver = new Receiver(200);
        await using var farm = await FarmCluster.StartAsync(("Farm:Webhooks:Secret", Secret));
        var message = new WebhookMessage
        {
            Id = Guid.NewGuid(), Tenant = "t", Url = $"http://{host}:{receiver.Port}/", Event = "e", Body = "{}", CreatedAt = Samples.Start,
        };

        var error = await farm.Services.GetRequiredService<WebhookSender>().SendAsync(message, CancellationToken.None);

        Assert.Equal("the address is not public (Farm:Webhooks:AllowPrivateTargets)", error);
        Assert.False(receiver.Told);
    }

    /// <summary>A try's time limit is by the clock that the tests move: one that ends meanwhile is only one more try, soon.</summary>
    private static Task<FarmCluster> StartAsync() => FarmCluster.StartAsync(
        ("Farm:Webhooks:Secret", Secret), ("Farm:Webhooks:AllowPrivateTargets", "true"), ("Farm:Webhooks:TimeLimit", "00:01:00"),
        ("Farm:Webhooks:MaxTries", "1000"), ("Farm:Webhooks:FirstDelay", "00:00:01"), ("Farm:Webhooks:LongestDelay", "00:00:01"));

    private static string Extra(Receiver receiver) => $$"""{"farm":{"webhook":"{{receiver.Address}}"},"create_time":1}""";

    private static async Task UntilAsync(FarmCluster farm, Guid id, Func<(string? Error, bool Delivered), bool> expected)
    {
        var store = farm.Services.GetRequiredService<IWebhookStore>();
        // The clock stands still: the try that was received comes to its end by itself.
        while (!(await store.FindAsync(id) is { } found && expected(found))) await farm.Scheduler.CountAsync("default");
    }
}
