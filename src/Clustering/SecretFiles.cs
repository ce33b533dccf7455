using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Farm.Clustering;

/// <summary>Where options stand in files of their own: section <c>Farm:Secrets</c>.</summary>
public sealed class SecretFileOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Secrets";

    /// <summary>
    /// Folder of files that each hold the value of one option, which their name is: <c>Farm__Database__ConnectionString</c>. It is how Kubernetes and compose give
    /// secrets to a process. The environment and the command line win over it. Default: none, and no file is read.
    /// </summary>
    public string Folder { get; set; } = "";
}

/// <summary>Reads options from files, so that no secret need stand in an environment or on a command line, where other processes see it.</summary>
public static class SecretFiles
{
    /// <summary>Adds the files of <see cref="SecretFileOptions.Folder"/> after those that are JSON.</summary>
    /// <param name="builder">The host, with its other sources.</param>
    /// <exception cref="OptionsValidationException">There is no such folder.</exception>
    public static TBuilder AddSecretFiles<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        const string option = $"{SecretFileOptions.Section}:{nameof(SecretFileOptions.Folder)}";
        if (builder.Configuration[option] is not { Length: > 0 } folder)
            return builder;
        if (!Directory.Exists(folder))
            throw new OptionsValidationException(SecretFileOptions.Section, typeof(SecretFileOptions), [$"{option} is '{folder}'; the folder must exist."]);
        var sources = builder.Configuration.Sources;
        var files = new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)), Optional = false, ReloadOnChange = false };
        sources.Insert(1 + sources.ToList().FindLastIndex(source => source is JsonConfigurationSource), files);
        return builder;
    }
}
