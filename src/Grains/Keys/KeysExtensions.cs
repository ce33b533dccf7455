using Microsoft.Extensions.Options;

namespace Farm.Grains.Keys;

/// <summary>Registration of API keys.</summary>
internal static class KeysExtensions
{
    /// <summary>What the grains need; options from <c>Farm:Keys</c>.</summary>
    public static ISiloBuilder AddKeys(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddOptions<KeysOptions>().Bind(configuration.GetSection(KeysOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<KeysOptions>, KeysOptionsValidator>();
        return silo;
    }
}
