namespace Farm.Stress;

/// <summary>Whose prompts there are. The tool speaks as a proxy that is trusted with naming the tenant.</summary>
internal static class Tenants
{
    /// <summary>Who names none.</summary>
    public const string Default = "default";

    /// <summary>The header that names it.</summary>
    public const string Header = "X-Farm-Tenant";

    /// <summary>The option by which gateways believe it.</summary>
    public static readonly KeyValuePair<string, string> Trusted = new("Farm__Tenants__TrustHeader", "true");

    /// <summary>Three.</summary>
    public static readonly IReadOnlyList<string> All = [Default, "ochre", "umber"];
}
