using Microsoft.Extensions.Options;

namespace Farm.Grains.History;

/// <summary>Registration of history.</summary>
internal static class HistoryExtensions
{
    /// <summary>What the history grain needs; options from <c>Farm:History</c>.</summary>
    public static ISiloBuilder AddHistory(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddOptions<HistoryOptions>().Bind(configuration.GetSection(HistoryOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<HistoryOptions>, HistoryOptionsValidator>();
        return silo;
    }
}
