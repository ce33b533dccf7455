using Farm.Contracts.Retention;
using Farm.Grains.Retention;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Tests.Retention;

/// <summary>Runs of the one grain.</summary>
public sealed class RetentionGrainTests
{
    [Fact]
    public async Task Wake_OnceAnInterval_RunsAndRemembersItOverAKill()
    {
        await using var farm = await StartAsync();
        Put(farm, "a.png");
        farm.Clock.Advance(TimeSpan.FromDays(2));

        await Retention(farm).WakeAsync();
        var first = await EndedAsync(farm);
        Assert.Equal(1, Assert.Single(first.LastRun!.Found, found => found.Kind == "temp").Count);
        Assert.Empty(Directory.GetFiles(Path.Combine(farm.DataRoot, "temp")));

        await farm.KillAsync();
        await farm.StartAgainAsync();
        await Retention(farm).WakeAsync();
        Assert.Null((await EndedAsync(farm)).LastRun); // not due: the silo that is gone ran lately
        farm.Clock.Advance(TimeSpan.FromHours(1));
        await Retention(farm).WakeAsync();
        Assert.Equal(farm.Clock.GetUtcNow(), (await EndedAsync(farm)).LastRun!.StartedAt);
    }

    [Fact]
    public async Task DryRun_TellsAndRemovesNothing()
    {
        await using var farm = await StartAsync(("Farm:Retention:DryRun", "true"));
        Put(farm, "a.png");
        farm.Clock.Advance(TimeSpan.FromDays(2));

        Assert.True(await Retention(farm).RunAsync());
        var status = await EndedAsync(farm);

        Assert.True(status.DryRun);
        Assert.True(status.LastRun!.DryRun);
        foreach (var run in new[] { status.LastRun, status.Next! })
            Assert.Equal((1, 1, "a.png"), (Found(run).Count, Found(run).Bytes, Found(run).Samples[0]));
        Assert.True(File.Exists(Path.Combine(farm.DataRoot, "temp", "a.png")));
    }

    [Fact]
    public async Task Status_OfDefaults_KeepsAllButTempAndSentWebhooks()
    {
        await using var farm = await StartAsync();

        var rules = (await Retention(farm).StatusAsync()).Rules;

        Assert.Equal(RetentionKinds.All.Order(StringComparer.Ordinal), rules.Select(rule => rule.Kind).Order(StringComparer.Ordinal));
        Assert.Equal([("temp", TimeSpan.FromDays(1)), ("webhooks", TimeSpan.FromDays(7))], rules.Where(rule => rule.Age is not null).Select(rule => (rule.Kind, rule.Age!.Value)).Order());
        Assert.All(rules, rule => Assert.Null(rule.Count));
    }

    [Theory]
    [InlineData("Rules:histroy:Age", "1.00:00:00", "the kinds are history, outputs, temp, assets, batches, webhooks, ledger, audit")]
    [InlineData("Rules:temp:Age", "00:00:01", "Rules:temp:Age is 00:00:01")]
    [InlineData("Of:acme:Rules:ledger:Count", "-1", "Of:acme:Rules:ledger:Count is -1")]
    [InlineData("BatchSize", "0", "BatchSize is 0")]
    public void Options_ThatBreakARule_SayWhich(string option, string value, string message)
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { [$"{RetentionOptions.Section}:{option}"] = value };
        using var services = new ServiceCollection().AddRetentionOptions(configuration).BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<RetentionOptions>>().Value);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static RetentionFound Found(RetentionRun run) => Assert.Single(run.Found, found => found.Kind == "temp");

    private static Task<FarmCluster> StartAsync(params (string, string)[] settings) => FarmCluster.StartAsync([("Farm:Retention:Pause", "00:00:00"), .. settings]);

    private static IRetentionGrain Retention(FarmCluster farm) => farm.Grains.GetGrain<IRetentionGrain>(IRetentionGrain.Key);

    private static async Task<RetentionStatus> EndedAsync(FarmCluster farm)
    {
        RetentionStatus status;
        while ((status = await Retention(farm).StatusAsync()).IsRunning) { }
        return status;
    }

    private static void Put(FarmCluster farm, string name)
    {
        var path = Path.Combine(farm.DataRoot, "temp", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "x");
        File.SetLastWriteTimeUtc(path, farm.Clock.GetUtcNow().UtcDateTime);
    }
}
