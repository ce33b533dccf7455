using Microsoft.Extensions.Options;

namespace Farm.Grains.Webhooks;

/// <summary>Registration of webhooks.</summary>
internal static class WebhooksExtensions
{
    /// <summary>What sends messages; options from <c>Farm:Webhooks</c>.</summary>
    public static ISiloBuilder AddWebhooks(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddOptions<WebhookOptions>().Bind(configuration.GetSection(WebhookOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>();
        silo.Services.AddSingleton<WebhookSender>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, WebhookDispatcher>();
        return silo;
    }
}
