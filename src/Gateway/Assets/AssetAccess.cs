using Farm.Contracts.Assets;
using Farm.Gateway.Identity;
using Farm.Storage;

namespace Farm.Gateway.Assets;

/// <summary>Finds whose assets a request is about.</summary>
internal sealed class AssetAccess(IGrainFactory grains, IdentityResolver identities, RequestFiles files)
{
    /// <summary>The assets of the request's tenant and the user who asks; refuses a user that there is not.</summary>
    public async Task<(IAssetGrain Assets, string User)> OfAsync(HttpContext context)
    {
        var identity = await identities.KnownAsync(context) ?? throw AssetRefusedException.NoUser();
        return (grains.GetGrain<IAssetGrain>(identity.Tenant), identity.User);
    }

    /// <summary>The contents of the request's tenant.</summary>
    public AssetContent ContentsOf(HttpContext context) => new(files.Of(context));

    /// <summary>Refuses whoever does not operate the farm to write where all tenants read: models are the farm's.</summary>
    public void CheckPlace(HttpContext context, FileKey key)
    {
        if (!MayChange(context, key.Area))
            throw new AssetRefusedException(StatusCodes.Status403Forbidden, "FORBIDDEN", "Only operators of the farm may add models.");
    }

    /// <summary>Whether a request may add and remove files of an area.</summary>
    public bool MayChange(HttpContext context, FileArea area) => !DataFolders.IsShared(area) || identities.IsOperator(context);

    /// <summary>Why an asset cannot be changed: it is another user's, or there is none.</summary>
    public static async Task<AssetRefusedException> RefusalAsync(IAssetGrain assets, Guid id, AssetRefusedException unknown) =>
        await assets.ExistsAsync(id) ? AssetRefusedException.NotOwner(id) : unknown;
}
