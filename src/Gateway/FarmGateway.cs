using Farm.Gateway.Assets;
using Farm.Gateway.Batches;
using Farm.Gateway.Catalog;
using Farm.Gateway.Extensions;
using Farm.Gateway.Frontend;
using Farm.Gateway.Health;
using Farm.Gateway.History;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Internal;
using Farm.Gateway.Interrupts;
using Farm.Gateway.Jobs;
using Farm.Gateway.Ledger;
using Farm.Gateway.Logs;
using Farm.Gateway.Memory;
using Farm.Gateway.Models;
using Farm.Gateway.OpenApi;
using Farm.Gateway.Operations;
using Farm.Gateway.Prompts;
using Farm.Gateway.Queue;
using Farm.Gateway.Replacements;
using Farm.Gateway.Retention;
using Farm.Gateway.Security;
using Farm.Gateway.Security.Scopes;
using Farm.Gateway.Settings;
using Farm.Gateway.Stats;
using Farm.Gateway.Subgraphs;
using Farm.Gateway.Uploads;
using Farm.Gateway.Userdata;
using Farm.Gateway.Users;
using Farm.Gateway.Validation;
using Farm.Gateway.Validation.Rules;
using Farm.Gateway.View;
using Farm.Gateway.WebSockets;
using Farm.Hosting;
using Farm.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Farm.Gateway;

/// <summary>Registers and maps the gateway. The host brings an Orleans client (or a silo in the same process).</summary>
public static class FarmGateway
{
    private static readonly string[] Prefixes = ["", "/api"];

    /// <summary>Adds what the gateway needs, from the sections <c>Farm:Gateway</c>, <c>Farm:Security</c>, <c>Farm:Batches</c>, <c>Farm:Users</c> and <c>Farm:Frontend</c>.</summary>
    public static IServiceCollection AddFarmGateway(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddFarmStorage(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddGatewayOptions(configuration)
            .AddSecurity(configuration)
            .AddHttpSurface()
            .AddValidationRules()
            .AddCatalog()
            .AddWebSockets()
            .AddLogs()
            .AddResources()
            .AddBatches(configuration)
            .AddOpenApiDocument()
            .AddReadyCheck<FarmCheck>("farm")
            .AddDeparture()
            .AddFarmFrontend(configuration);
        return services;
    }

    /// <summary>Puts the gateway into a pipeline and maps its routes.</summary>
    public static WebApplication MapFarmGateway(this WebApplication app)
    {
        app.UseMiddleware<LastAnswers>();
        app.UseKnownProxies(app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value);
        app.UseMiddleware<FailureHandler>();
        app.UseMiddleware<PathAsSent>();
        app.UseMiddleware<OriginGuard>();
        app.UseMiddleware<BodyLimit>();
        app.UseMiddleware<UnmatchedRoutes>();
        app.UseMiddleware<PrivateAnswers>();
        app.UseWebSockets();
        app.UseSignIn();
        app.UseFarmFrontend();
        app.UseRouting();
        app.UseScopes();
        foreach (var prefix in Prefixes)
        {
            var routes = app.MapGroup(prefix).WithScopes();
            foreach (var resource in app.Services.GetServices<IResource>().Where(r => prefix.Length == 0 ? r.IsBare : r.IsUnderApi))
                resource.Map(routes);
        }
        app.MapOpenApiDocument();
        app.MapFarmFrontend();
        return app;
    }

    private static IServiceCollection AddGatewayOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GatewayOptions>().Bind(configuration.GetSection(GatewayOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.AddOptions<UserOptions>().Bind(configuration.GetSection(UserOptions.Section));
        services.AddOptions<PoolOptions>().Bind(configuration.GetSection(PoolOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PoolOptions>, PoolOptionsValidator>();
        services.AddOptions<TenantHeaderOptions>().Bind(configuration.GetSection(TenantHeaderOptions.Section));
        return services;
    }

    private static IServiceCollection AddHttpSurface(this IServiceCollection services) => services
        .AddRouting()
        .AddSingleton<MatcherPolicy, ExactPathPolicy>()
        .AddSingleton<JsonBody>()
        .AddSingleton<TenantHeader>()
        .AddSingleton<IdentityResolver>()
        .AddSingleton<RequestFiles>();

    private static IServiceCollection AddDeparture(this IServiceCollection services)
    {
        // The requests that are left have as long as they would without the delay.
        services.AddOptions<HostOptions>().PostConfigure<IOptions<GatewayOptions>>((host, gateway) => host.ShutdownTimeout += gateway.Value.StopDelay);
        return services
            .AddSingleton<Departure>()
            .AddHostedService(provider => provider.GetRequiredService<Departure>());
    }

    private static IServiceCollection AddCatalog(this IServiceCollection services) => services
        .AddSingleton<CatalogCache>()
        .AddHostedService(provider => provider.GetRequiredService<CatalogCache>());

    // The order of input rules is the order in which an input's first error is found.
    private static IServiceCollection AddValidationRules(this IServiceCollection services) => services
        .AddSingleton<IPromptRule, NodeClassRule>()
        .AddSingleton<IPromptRule, HasOutputsRule>()
        .AddSingleton<IInputRule, RequiredInputRule>()
        .AddSingleton<IInputRule, LinkShapeRule>()
        .AddSingleton<IInputRule, LinkTypeRule>()
        .AddSingleton<IInputRule, LiteralTypeRule>()
        .AddSingleton<IInputRule, RangeRule>()
        .AddSingleton<IInputRule, ChoiceRule>()
        .AddSingleton<INodeRule, FileExistsRule>()
        .AddSingleton<INodeRule, CodeValidatorRule>()
        .AddSingleton<NodeCheckWorkers>()
        .AddSingleton<PromptValidator>();

    private static IServiceCollection AddWebSockets(this IServiceCollection services) => services
        .AddSingleton<ConnectionRegistry>()
        .AddSingleton<SocketInstruments>()
        .AddSingleton<SocketReader>()
        .AddSingleton<GatewaySessions>()
        .AddHostedService(provider => provider.GetRequiredService<GatewaySessions>());

    private static IServiceCollection AddLogs(this IServiceCollection services) => services
        .AddSingleton<LogRing>()
        .AddSingleton<ILoggerProvider, LogRingProvider>()
        .AddHostedService<LogStreamer>();

    private static IServiceCollection AddResources(this IServiceCollection services) => services
        .AddSingleton<PromptSubmitter>()
        .AddSingleton<PoolAccess>()
        .AddSingleton<NodeReplacements>()
        .AddSingleton<ModelPreviews>()
        .AddSingleton<ComfyScripts>()
        .AddSingleton<PageScripts>()
        .AddSingleton<ImageConverter>()
        .AddSingleton<MaskMerger>()
        .AddSingleton<IResource, PromptEndpoints>()
        .AddSingleton<IResource, QueueEndpoints>()
        .AddSingleton<IResource, HistoryEndpoints>()
        .AddSingleton<IResource, JobEndpoints>()
        .AddSingleton<IResource, InterruptEndpoints>()
        .AddSingleton<IResource, FreeEndpoints>()
        .AddSingleton<IResource, ObjectInfoEndpoints>()
        .AddSingleton<IResource, StatsEndpoints>()
        .AddSingleton<IResource, ViewEndpoints>()
        .AddSingleton<IResource, UploadEndpoints>()
        .AddSingleton<IResource, WebSocketEndpoints>()
        .AddSingleton<IResource, ModelEndpoints>()
        .AddSingleton<IResource, ReplacementEndpoints>()
        .AddSingleton<IResource, ExtensionEndpoints>()
        .AddSingleton<IResource, SubgraphEndpoints>()
        .AddSingleton<IResource, UserEndpoints>()
        .AddSingleton<IResource, SettingEndpoints>()
        .AddSingleton<IResource, UserdataEndpoints>()
        .AddSingleton<IResource, UserdataListingEndpoints>()
        .AddSingleton<IResource, LogEndpoints>()
        .AddSingleton<IResource, InternalEndpoints>()
        .AddSingleton<IResource, LedgerEndpoints>()
        .AddSingleton<IResource, RetentionEndpoints>()
        .AddOperations()
        .AddAssets();
}

/// <summary>Checks the gateway's options at start.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options) =>
        options.Problems().ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
