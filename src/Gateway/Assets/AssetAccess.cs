using Farm.Contracts.Assets;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Assets;

/// <summary>Finds whose assets a request is about.</summary>
internal sealed class AssetAccess(IGrainFactory grains, IdentityResolver identities)
{
    /// <summary>The assets of the request's tenant and the user who asks; refuses a user that there is not.</summary>
    public async Task<(IAssetGrain Assets, string User)> OfAsync(HttpContext context)
    {
        var identity = await identities.KnownAsync(context) ?? throw AssetRefusedException.NoUser();
        return (grains.GetGrain<IAssetGrain>(identity.Tenant), identity.User);
    }

    /// <summary>Why an asset cannot be changed: it is another user's, or there is none.</summary>
    public static async Task<AssetRefusedException> RefusalAsync(IAssetGrain assets, Guid id, AssetRefusedException unknown) =>
        await assets.ExistsAsync(id) ? AssetRefusedException.NotOwner(id) : unknown;
}
