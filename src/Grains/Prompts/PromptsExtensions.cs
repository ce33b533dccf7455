using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Prompts;

/// <summary>Registration of the prompts' feature.</summary>
internal static class PromptsExtensions
{
    /// <summary>What the grain of a submission needs; options from <c>Farm:Prompts</c>.</summary>
    public static ISiloBuilder AddPrompts(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddOptions<PromptOptions>().Bind(configuration.GetSection(PromptOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<PromptOptions>, PromptOptionsValidator>();
        silo.Services.AddSingleton<PromptInstruments>();
        return silo;
    }
}
