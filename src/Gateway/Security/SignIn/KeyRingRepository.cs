using System.Xml.Linq;
using Farm.Contracts.Security;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Farm.Gateway.Security.SignIn;

/// <summary>
/// Keeps the keys that cookies are encrypted with in the farm's database: all gateways accept what one gave out, also after a restart. Data
/// protection asks once in a day, and its interface knows no tasks.
/// </summary>
internal sealed class KeyRingRepository(IGrainFactory grains) : IXmlRepository
{
    private IKeyRingGrain Ring => grains.GetGrain<IKeyRingGrain>(IKeyRingGrain.Key);

    /// <inheritdoc />
    public IReadOnlyCollection<XElement> GetAllElements() => [.. Task.Run(Ring.ListAsync).GetAwaiter().GetResult().Select(XElement.Parse)];

    /// <inheritdoc />
    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() => Ring.AddAsync(friendlyName, element.ToString(SaveOptions.DisableFormatting))).GetAwaiter().GetResult();
}
