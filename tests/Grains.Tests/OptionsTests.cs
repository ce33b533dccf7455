using Farm.Grains.Catalog;
using Farm.Grains.History;
using Farm.Grains.Keys;
using Farm.Grains.Persistence;
using Farm.Grains.Prompts;
using Farm.Grains.Scheduling;
using Farm.Grains.Sessions;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Tests;

/// <summary>A wrong option is refused at start with its name, its value and the rule.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void Defaults_AreValid()
    {
        Assert.True(new PromptOptionsValidator().Validate(null, new PromptOptions()).Succeeded);
        Assert.True(new HistoryOptionsValidator().Validate(null, new HistoryOptions()).Succeeded);
        Assert.True(new SchedulingOptionsValidator().Validate(null, new SchedulingOptions()).Succeeded);
        Assert.True(new CatalogOptionsValidator().Validate(null, new CatalogOptions()).Succeeded);
        Assert.True(new SessionOptionsValidator().Validate(null, new SessionOptions()).Succeeded);
        Assert.True(new DatabaseOptionsValidator().Validate(null, new DatabaseOptions { ConnectionString = "Data Source=x" }).Succeeded);
    }

    [Fact]
    public void WrongValues_AreNamed()
    {
        Refused(new PromptOptionsValidator(), new PromptOptions { MaxAttempts = 0 }, "Farm:Prompts:MaxAttempts is 0;");
        Refused(new PromptOptionsValidator(), new PromptOptions { ResidentWaiting = -1 }, "Farm:Prompts:ResidentWaiting is -1;");
        Refused(new PromptOptionsValidator(), new PromptOptions { SecretsLife = TimeSpan.Zero }, "Farm:Prompts:SecretsLife is 00:00:00;");
        Refused(new PromptOptionsValidator(), new PromptOptions { StepTimeout = TimeSpan.FromMilliseconds(1) }, "Farm:Prompts:StepTimeout is 00:00:00.0010000;");
        Refused(new HistoryOptionsValidator(), new HistoryOptions { Depth = 0 }, "Farm:History:Depth is 0;");
        Refused(new SchedulingOptionsValidator(), new SchedulingOptions { LeaseDuration = TimeSpan.Zero }, "Farm:Scheduling:LeaseDuration is 00:00:00;");
        Refused(new SchedulingOptionsValidator(), new SchedulingOptions { MaxPatience = TimeSpan.Zero }, "Farm:Scheduling:MaxPatience is 00:00:00;");
        Refused(new CatalogOptionsValidator(), new CatalogOptions { WorkerLife = TimeSpan.Zero }, "Farm:Catalog:WorkerLife is 00:00:00;");
        Refused(new KeysOptionsValidator(), new KeysOptions { MaxCount = 0 }, "Farm:Keys:MaxCount is 0;");
        Refused(new KeysOptionsValidator(), new KeysOptions { UseInterval = TimeSpan.Zero }, "Farm:Keys:UseInterval is 00:00:00;");
        Refused(new SessionOptionsValidator(), new SessionOptions { LogEvents = 0 }, "Farm:Sessions:LogEvents is 0;");
        Refused(new DatabaseOptionsValidator(), new DatabaseOptions { Provider = "oracle" }, "Farm:Database:Provider is 'oracle'; it must be sqlite or postgres.");
        Refused(new DatabaseOptionsValidator(), new DatabaseOptions { Provider = "postgres" }, "Farm:Database:ConnectionString is empty;");
        Refused(new DatabaseOptionsValidator(), new DatabaseOptions { Synchronous = "off" }, "Farm:Database:Synchronous is 'off';");
    }

    private static void Refused<T>(IValidateOptions<T> validator, T options, string text)
        where T : class => Assert.Contains(text, validator.Validate(null, options).FailureMessage, StringComparison.Ordinal);
}
