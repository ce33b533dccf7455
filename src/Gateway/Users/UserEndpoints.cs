using System.Text.Json;
using Farm.Contracts.Users;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Users;

/// <summary><c>/users</c>: who there is in multi-user mode, and adding one.</summary>
internal sealed class UserEndpoints(IGrainFactory grains, JsonBody body, IdentityResolver identities, IOptions<UserOptions> options) : IResource
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/users", ListAsync);
        routes.MapSend("/users", AddAsync);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var multiUser = options.Value.MultiUser;
        var users = multiUser ? await grains.GetGrain<IUsersGrain>(identities.Of(context).Tenant).ListAsync() : [];
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("storage", "server");
            // A page takes the member "users" for the sign of multi-user mode.
            if (multiUser)
            {
                writer.WriteStartObject("users");
                foreach (var user in users)
                    writer.WriteString(user.Id, user.Name);
                writer.WriteEndObject();
            }
            else
            {
                writer.WriteBoolean("migrated", value: true);
            }
            writer.WriteEndObject();
        });
    }

    private async Task<IResult> AddAsync(HttpContext context)
    {
        var given = await body.ReadAsync(context.Request);
        if (!options.Value.MultiUser)
            return Refused("The server is not in multi-user mode.");
        if (given.Member("username") is not { ValueKind: JsonValueKind.String } value)
            throw RequestRefusedException.Field("username", "must be a text");
        var name = value.GetString()!.Trim();
        if (name.Length == 0)
            return Refused("username not provided");
        if (name.Length > UserName.Longest || name.Contains('\0'))
            throw RequestRefusedException.Field("username", $"must not be longer than {UserName.Longest} characters nor hold a NUL character");
        if (name.StartsWith(UserName.SystemPrefix, StringComparison.Ordinal))
            return Refused("System User prefix not allowed");
        var user = new FarmUser(UserName.ToId(name), name);
        return await grains.GetGrain<IUsersGrain>(identities.Of(context).Tenant).AddAsync(user)
            ? Answers.Json(writer => writer.WriteStringValue(user.Id))
            : Refused("Duplicate username.");
    }

    private static IResult Refused(string why) => Answers.Error(why, StatusCodes.Status400BadRequest);
}
