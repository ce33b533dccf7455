using Farm.Gateway.Http;

namespace Farm.Gateway.Batches;

/// <summary>An address that the farm is to tell of an end. Whether it may be reached is decided when it is connected to.</summary>
internal static class WebhookAddress
{
    private const int Longest = 2048;

    /// <summary>The address as it is; refused under the field's name when it is none.</summary>
    public static string Checked(string field, string address) =>
        address.Length <= Longest && Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
            ? QueryValues.NoNul(field, address)
            : throw RequestRefusedException.Field(field, $"must be an http or https address of up to {Longest} characters without a user name");
}
