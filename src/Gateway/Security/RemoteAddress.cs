namespace Farm.Gateway.Security;

/// <summary>The address that a request came from.</summary>
internal static class RemoteAddress
{
    /// <summary>As text; <c>unknown</c> where the server tells none. That of a known proxy's client where there is one.</summary>
    public static string Of(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        var address => address.ToString(),
    };
}
