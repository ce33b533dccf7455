using Microsoft.Extensions.Options;

namespace Farm.Grains.Sessions;

/// <summary>Registration of the clients' sessions.</summary>
internal static class SessionsExtensions
{
    /// <summary>What the session and channel grains need; options from <c>Farm:Sessions</c>.</summary>
    public static ISiloBuilder AddSessions(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddOptions<SessionOptions>().Bind(configuration.GetSection(SessionOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<SessionOptions>, SessionOptionsValidator>();
        silo.Services.AddSingleton<SessionInstruments>();
        return silo;
    }
}
