using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Users;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Settings;

/// <summary><c>/settings</c>: what a user set in the page, any JSON by name.</summary>
internal sealed class SettingEndpoints(IGrainFactory grains, JsonBody body, IdentityResolver identities, IOptions<GatewayOptions> options) : IResource
{
    private const int LongestKey = 256;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/settings", ListAsync);
        routes.MapRead("/settings/{id}", OneAsync);
        routes.MapSend("/settings", MergeAsync);
        routes.MapSend("/settings/{id}", SetAsync);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        if (await identities.KnownAsync(context) is not { } identity)
            return Unauthorized();
        var settings = await SettingsOf(identity).ListAsync(identity.User);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            foreach (var (key, value) in settings)
            {
                writer.WritePropertyName(key);
                Parse(value).WriteTo(writer);
            }
            writer.WriteEndObject();
        });
    }

    private async Task<IResult> OneAsync(HttpContext context)
    {
        if (await identities.KnownAsync(context) is not { } identity)
            return Unauthorized();
        var value = await SettingsOf(identity).GetAsync(identity.User, context.PathValue("id"));
        return Answers.Json(Parse(value ?? "null").WriteTo);
    }

    private async Task<IResult> MergeAsync(HttpContext context)
    {
        if (await identities.KnownAsync(context) is not { } identity)
            return Unauthorized();
        var given = await body.ReadAsync(context.Request);
        if (given.ValueKind is not JsonValueKind.Object)
            throw RequestRefusedException.Field("body", "must be a JSON object of settings");
        return await PutAsync(identity, [.. given.EnumerateObject().Select(member => Checked(member.Name, member.Value))]);
    }

    private async Task<IResult> SetAsync(HttpContext context)
    {
        if (await identities.KnownAsync(context) is not { } identity)
            return Unauthorized();
        return await PutAsync(identity, [Checked(context.PathValue("id"), await body.ReadAsync(context.Request))]);
    }

    private async Task<IResult> PutAsync(RequestIdentity identity, ImmutableArray<Setting> settings) =>
        await SettingsOf(identity).PutAsync(identity.User, settings)
            ? Answers.Empty()
            : throw RequestRefusedException.Field("body", "the user would have more settings than the server keeps");

    private Setting Checked(string key, JsonElement value)
    {
        if (key.Length is 0 or > LongestKey || key.Contains('\0'))
            throw RequestRefusedException.Field("id", $"a setting's name has 1 to {LongestKey} characters and no NUL");
        var text = value.GetRawText();
        return Encoding.UTF8.GetByteCount(text) <= options.Value.MaxSettingLength
            ? new Setting(key, text)
            : throw RequestRefusedException.Field(key, $"a setting's value must not be longer than {options.Value.MaxSettingLength} bytes");
    }

    private ISettingsGrain SettingsOf(RequestIdentity identity) => grains.GetGrain<ISettingsGrain>(identity.Tenant);

    private JsonElement Parse(string value) => body.Parse(Encoding.UTF8.GetBytes(value));

    private static IResult Unauthorized() => Answers.Text("401: Unauthorized", StatusCodes.Status401Unauthorized);
}
