using Farm.Gateway.Http;

namespace Farm.Gateway.Operations;

/// <summary>Registration of what operators see and do.</summary>
internal static class OperationsExtensions
{
    /// <summary>The page and the routes it asks.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<PromptRetry>()
        .AddSingleton<IResource, OperationsEndpoints>()
        .AddSingleton<IResource, WorkerEndpoints>()
        .AddSingleton<IResource, PoolEndpoints>()
        .AddSingleton<IResource, PromptControlEndpoints>();
}
