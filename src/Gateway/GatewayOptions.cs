using Farm.Gateway.Http;

namespace Farm.Gateway;

/// <summary>Limits and behaviour of the HTTP surface, bound from <c>Farm:Gateway</c>. Checked when the process starts.</summary>
public sealed class GatewayOptions
{
    /// <summary>Where these options stand in the configuration.</summary>
    public const string Section = "Farm:Gateway";

    /// <summary>Largest request body in bytes; a bigger one is refused with 413. Default 104857600 (100 MiB), ComfyUI's own.</summary>
    public long MaxUploadSize { get; set; } = 100L * 1024 * 1024;

    /// <summary>Most nodes a prompt may have. Default 20000.</summary>
    public int MaxNodes { get; set; } = 20_000;

    /// <summary>Deepest nesting of a JSON body. Default 256.</summary>
    public int MaxJsonDepth { get; set; } = 256;

    /// <summary>Longest prompt_id or client_id in characters. Default 512.</summary>
    public int MaxIdLength { get; set; } = 512;

    /// <summary>
    /// Whether a prompt_id that is no canonical UUID is refused with 400 <c>invalid_prompt_id</c>, as ComfyUI does from 0.33 on. False by
    /// default: any text is taken, as in 0.19.3.
    /// </summary>
    public bool StrictPromptIds { get; set; }

    /// <summary>Most bytes waiting for one socket; that of a client that falls further behind is closed with code 1008. Default 33554432 (32 MiB).</summary>
    public long MaxSocketBacklog { get; set; } = 32L * 1024 * 1024;

    /// <summary>Most messages waiting for one socket. Default 20000.</summary>
    public int MaxSocketMessages { get; set; } = 20_000;

    /// <summary>How long a client has to take the close, when it fell too far behind or the process stops, before its connection is cut. Default 5 seconds.</summary>
    public TimeSpan SocketFarewell { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a gateway that is told to stop serves on, while <c>/readyz</c> says that it stops, so that balancers send nothing more to it when it
    /// goes. Default 0: nothing balances. Behind a balancer it is longer than the balancer takes to see it.
    /// </summary>
    public TimeSpan StopDelay { get; set; } = TimeSpan.Zero;

    /// <summary>Largest message a client may send over its socket, in bytes. Default 1048576.</summary>
    public int MaxSocketRequest { get; set; } = 1024 * 1024;

    /// <summary>Time between two pings of a quiet socket; one that answers none for as long is closed. Default 30 seconds.</summary>
    public TimeSpan SocketPing { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often a gateway tells the sessions of its sockets where they are; so long may events pause when the silo of a session dies.
    /// Default 5 seconds.
    /// </summary>
    public TimeSpan AttachInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request waits for the farm's first catalogue before it is answered with 503. Default 15 seconds.</summary>
    public TimeSpan CatalogPatience { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Largest image, in pixels, that <c>/view</c> converts and <c>/upload/mask</c> merges. Default 134217728 (128 Mi).</summary>
    public long MaxImagePixels { get; set; } = 128L * 1024 * 1024;

    /// <summary>Longest value of a setting, as JSON text in bytes. Default 1048576 (1 MiB).</summary>
    public int MaxSettingLength { get; set; } = 1024 * 1024;

    /// <summary>
    /// Origin that browsers may call from beside the server's own, as they send it (<c>https://studio.example</c>), or <c>*</c> for any, without cookies. None by
    /// default: then a browser's request from another site, or from another origin to a loopback host, is refused with 403, as ComfyUI does.
    /// </summary>
    public string CorsOrigin { get; set; } = "";

    /// <summary>Folder in which an upload waits until it is complete. Default: the system's temporary folder.</summary>
    public string StagingFolder { get; set; } = Path.GetTempPath();

    /// <summary>Says which option breaks which rule, or nothing.</summary>
    internal IEnumerable<string> Problems()
    {
        if (MaxUploadSize < 1024)
            yield return $"{Section}:{nameof(MaxUploadSize)} is {MaxUploadSize}; it must be at least 1024 bytes.";
        if (MaxNodes < 1)
            yield return $"{Section}:{nameof(MaxNodes)} is {MaxNodes}; it must be at least 1.";
        if (MaxJsonDepth is < 16 or > 900)
            yield return $"{Section}:{nameof(MaxJsonDepth)} is {MaxJsonDepth}; it must be between 16 and 900.";
        if (MaxIdLength is < 36 or > 4096)
            yield return $"{Section}:{nameof(MaxIdLength)} is {MaxIdLength}; it must be between 36 and 4096.";
        if (MaxSocketBacklog < 65536)
            yield return $"{Section}:{nameof(MaxSocketBacklog)} is {MaxSocketBacklog}; it must be at least 65536 bytes.";
        if (MaxSocketMessages < 16)
            yield return $"{Section}:{nameof(MaxSocketMessages)} is {MaxSocketMessages}; it must be at least 16.";
        if (MaxSocketRequest < 1024)
            yield return $"{Section}:{nameof(MaxSocketRequest)} is {MaxSocketRequest}; it must be at least 1024 bytes.";
        if (SocketFarewell < TimeSpan.Zero)
            yield return $"{Section}:{nameof(SocketFarewell)} is {SocketFarewell}; it must not be negative.";
        if (StopDelay < TimeSpan.Zero || StopDelay > TimeSpan.FromMinutes(5))
            yield return $"{Section}:{nameof(StopDelay)} is {StopDelay}; it must be 0 to 5 minutes.";
        if (SocketPing < TimeSpan.FromSeconds(1))
            yield return $"{Section}:{nameof(SocketPing)} is {SocketPing}; it must be at least a second.";
        if (AttachInterval < TimeSpan.FromMilliseconds(100) || AttachInterval > TimeSpan.FromMinutes(1))
            yield return $"{Section}:{nameof(AttachInterval)} is {AttachInterval}; it must be 0.1 to 60 seconds.";
        if (CatalogPatience < TimeSpan.Zero)
            yield return $"{Section}:{nameof(CatalogPatience)} is {CatalogPatience}; it must not be negative.";
        if (MaxImagePixels < 1)
            yield return $"{Section}:{nameof(MaxImagePixels)} is {MaxImagePixels}; it must be at least 1.";
        if (MaxSettingLength < 1024)
            yield return $"{Section}:{nameof(MaxSettingLength)} is {MaxSettingLength}; it must be at least 1024 bytes.";
        if (CorsOrigin.Length > 0 && CorsOrigin != AllowedOrigin.Any && !AllowedOrigin.IsOrigin(CorsOrigin))
            yield return $"{Section}:{nameof(CorsOrigin)} is '{CorsOrigin}'; it must be '*' or an origin as browsers send it: http or https, host, and a port that is not the scheme's own; no path and no '/' at the end.";
        if (!Directory.Exists(StagingFolder))
            yield return $"{Section}:{nameof(StagingFolder)} is '{StagingFolder}'; the folder must exist.";
    }
}
