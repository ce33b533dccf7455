using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Farm.Storage.S3;

/// <summary>The bucket and how it is reached; the section <c>Farm:Storage:S3</c>, which counts where <c>Farm:Storage:Kind</c> is S3.</summary>
public sealed class S3Options
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Storage:S3";

    /// <summary>Where the server is, such as <c>https://minio.studio:9000</c>. Default: that of Amazon in <see cref="Region"/>.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The bucket, which must exist. Default: none, it must be given.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>What every key begins with, such as <c>farm/</c>; default none. Farms that share a bucket have one each.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The region that requests are signed for. Default <c>us-east-1</c>.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>Whether the bucket stands in the path of an address and not in its host, as most servers but Amazon's want it. Default false.</summary>
    public bool ForcePathStyle { get; set; }

    /// <summary>The access key, given together with <see cref="SecretKey"/>. Default: the AWS SDK's usual sources: environment, instance role.</summary>
    public string? AccessKey { get; set; }

    /// <summary>The secret of the access key. Never logged. Default: as for the access key.</summary>
    public string? SecretKey { get; set; }

    /// <summary>A file of keys in the AWS tools' format, in the place of the two options above. Default: none.</summary>
    public string? CredentialsFile { get; set; }

    /// <summary>The profile of <see cref="CredentialsFile"/>. Default <c>default</c>.</summary>
    public string Profile { get; set; } = "default";

    /// <summary>The folder of local copies, for what needs a real path or is read often; several processes of a machine may share it. Default: <c>.farm/cache</c> in the data root.</summary>
    public string? CacheFolder { get; set; }

    /// <summary>Bytes of local copies; the longest unused go first, but none that was used in the last ten minutes. Default 10 GiB.</summary>
    public long CacheSize { get; set; } = 10L << 30;

    /// <summary>Files up to this size are read through the local copies, larger ones straight from the bucket, only the range asked for. Default 32 MiB.</summary>
    public long CachedFileSize { get; set; } = 32L << 20;

    /// <summary>Bytes of one part of an upload, held in memory while it is sent; files up to it are sent in one piece; 5 MiB to 1 GiB. Default 8 MiB.</summary>
    public int PartSize { get; set; } = 8 << 20;

    /// <summary>How often contents without a name are looked for. Default 6 hours; zero never.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How long a content without a name stays, and then once more in the bucket's trash; an hour or more. Default one day.</summary>
    public TimeSpan SweepGrace { get; set; } = TimeSpan.FromDays(1);
}

/// <summary>Checks the bucket's options at start.</summary>
internal sealed partial class S3OptionsValidator(IOptions<FileStoreOptions> store) : IValidateOptions<S3Options>
{
    /// <summary>What servers take at the least and, by their own limit of 10,000 parts, nobody needs beyond.</summary>
    private const int LeastPart = 5 << 20, MostPart = 1 << 30;

    /// <summary>A write takes less; a grace shorter than one would remove what is being written.</summary>
    private static readonly TimeSpan LeastGrace = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, S3Options options)
    {
        if (store.Value.Kind is not FileStoreKind.S3)
            return ValidateOptionsResult.Skip;
        string[] errors = [.. Errors(options)];
        return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Errors(S3Options options)
    {
        if (!BucketName().IsMatch(options.Bucket))
            yield return Rule("Bucket", options.Bucket, "must name a bucket: 3 to 63 lower-case letters, digits, dots and hyphens");
        if (options.Endpoint is not null && !(Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            yield return Rule("Endpoint", options.Endpoint, "must be an http or https address");
        if (!PrefixForm().IsMatch(options.Prefix) || options.Prefix.Length > S3Keys.LongestPrefix)
            yield return Rule("Prefix", options.Prefix, $"must be names of letters, digits, dots, hyphens and underscores, each with a slash behind it, {S3Keys.LongestPrefix} characters in all at the most");
        if (string.IsNullOrWhiteSpace(options.Region))
            yield return Rule("Region", options.Region, "must name a region");
        if (string.IsNullOrEmpty(options.AccessKey) != string.IsNullOrEmpty(options.SecretKey))
            yield return $"{S3Options.Section}:AccessKey and {S3Options.Section}:SecretKey must be given together.";
        if (!string.IsNullOrEmpty(options.AccessKey) && options.CredentialsFile is not null)
            yield return $"{S3Options.Section}:CredentialsFile and {S3Options.Section}:AccessKey must not both be given.";
        if (options.CredentialsFile is not null && !File.Exists(options.CredentialsFile))
            yield return Rule("CredentialsFile", options.CredentialsFile, "must be a file");
        if (options.PartSize is < LeastPart or > MostPart)
            yield return Rule("PartSize", options.PartSize, $"must be {LeastPart} to {MostPart}");
        if (options.CacheSize <= 0)
            yield return Rule("CacheSize", options.CacheSize, "must be more than 0");
        if (options.CachedFileSize < 0)
            yield return Rule("CachedFileSize", options.CachedFileSize, "must not be negative");
        if (options.SweepInterval < TimeSpan.Zero)
            yield return Rule("SweepInterval", options.SweepInterval, "must not be negative");
        if (options.SweepGrace < LeastGrace)
            yield return Rule("SweepGrace", options.SweepGrace, $"must be {LeastGrace} or more");
    }

    private static string Rule(string option, object value, string rule) => $"{S3Options.Section}:{option} is '{value}'; it {rule}.";

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", RegexOptions.NonBacktracking)]
    private static partial Regex BucketName();

    [GeneratedRegex("^([A-Za-z0-9][A-Za-z0-9._-]*/)*$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PrefixForm();
}
