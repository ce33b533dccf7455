using Microsoft.Extensions.Options;

namespace Farm.Grains.Catalog;

/// <summary>Registration of the catalogue.</summary>
internal static class CatalogExtensions
{
    /// <summary>What the catalogue's grain needs; options from <c>Farm:Catalog</c>.</summary>
    public static ISiloBuilder AddCatalog(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddOptions<CatalogOptions>().Bind(configuration.GetSection(CatalogOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<CatalogOptions>, CatalogOptionsValidator>();
        silo.Services.AddSingleton<CatalogInstruments>();
        return silo;
    }
}
