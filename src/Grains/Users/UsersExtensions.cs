using Microsoft.Extensions.Options;

namespace Farm.Grains.Users;

/// <summary>Registration of users and settings.</summary>
internal static class UsersExtensions
{
    /// <summary>What the grains need; options from <c>Farm:Settings</c>.</summary>
    public static ISiloBuilder AddUsers(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddOptions<SettingsOptions>().Bind(configuration.GetSection(SettingsOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<SettingsOptions>, SettingsOptionsValidator>();
        return silo;
    }
}
