using Farm.Gateway.Http;

namespace Farm.Gateway.Assets;

/// <summary>What the asset routes share: ids in their paths, and refusals in a shape of their own.</summary>
internal static class AssetRoutes
{
    /// <summary>An asset by its id; anything else is no asset's path.</summary>
    public const string One = "/assets/{id:regex(^[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}$)}";

    /// <summary>A handler whose refusals are answered as assets' are.</summary>
    public static Func<HttpContext, Task<IResult>> Guarded(Func<HttpContext, Task<IResult>> handler) => async context =>
    {
        try
        {
            return await handler(context);
        }
        catch (AssetRefusedException refused)
        {
            return Answers.Json(refused.Write, refused.Status);
        }
    };

    /// <summary>The id in the path.</summary>
    public static Guid IdOf(HttpContext context) => Guid.Parse(context.PathValue("id"));

    /// <summary>Registration of the routes and what stands behind them.</summary>
    public static IServiceCollection AddAssets(this IServiceCollection services) => services
        .AddSingleton<AssetAccess>()
        .AddSingleton<AssetBody>()
        .AddSingleton<IResource, AssetEndpoints>()
        .AddSingleton<IResource, AssetUploadEndpoints>()
        .AddSingleton<IResource, AssetTagEndpoints>()
        .AddSingleton<IResource, AssetScanEndpoints>();
}
