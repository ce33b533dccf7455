using Farm.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Farm.Grains.Tests;

/// <summary>What is configured and is no option is named at start.</summary>
public sealed class UnknownOptionsTests
{
    [Theory]
    [InlineData("Farm:Scheduling:LeaseDuraton")]
    [InlineData("Farm:Schedulin:LeaseDuration")]
    [InlineData("Farm:Tenants:Of:anna:Wieght")]
    [InlineData("Farm:Prompts:MaxAttempts:0")]
    [InlineData("Farm:Cluster:Redis:Host")]
    [InlineData("Farm:Typo")]
    // The gateway has it; these are the options of the CPU silos.
    [InlineData("Farm:Frontend:Root")]
    public void Key_ThatIsNoOption_IsNamed(string key) => Assert.Equal([key], Unknown(key));

    [Theory]
    [InlineData("Farm:Scheduling:LeaseDuration")]
    [InlineData("farm:scheduling:leaseduration")]
    [InlineData("Farm:Tenants:Of:anna:Weight")]
    [InlineData("Farm:Cluster:RedisFile")]
    [InlineData("Farm:Management:CheckTimeout")]
    [InlineData("Farm:Storage:S3:Bucket")]
    [InlineData("Farm:Data:LinkTargets:0")]
    [InlineData("Logging:LogLevel:Default")]
    public void Key_OfAnOption_IsNot(string key) => Assert.Empty(Unknown(key));

    [Fact]
    public async Task Start_WithAMisspeltOption_WarnsOfItByNameAndSaysNothingOfItsValue()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Farm:Webhooks:Sekret"] = "a key of some length" });
        var log = new KeptLog();
        builder.Logging.AddProvider(log);
        builder.AddFarmHosting("test");
        using var host = builder.Build();

        await host.Services.GetServices<IHostedService>().OfType<UnknownOptions>().Single().StartAsync(default);

        var (level, text) = Assert.Single(log.Lines);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith("Farm:Webhooks:Sekret is configured and is no option", text, StringComparison.Ordinal);
        Assert.DoesNotContain("of some length", text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Unknown(string key) => UnknownOptions.Find(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = "1" }).Build(), UnknownOptions.Classes(typeof(FarmGrainsExtensions).Assembly));

    /// <summary>Keeps the lines that are logged.</summary>
    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        public List<(LogLevel Level, string Text)> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, formatter(state, exception)));

        public void Dispose() => Lines.TrimExcess();
    }
}
