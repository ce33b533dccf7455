namespace Farm.Worker.Nodes;

/// <summary>The ffmpeg program, which reads and writes the containers and codecs of audio and video.</summary>
public sealed class FfmpegOptions
{
    /// <summary>Where the options stand.</summary>
    public const string Section = "Farm:Ffmpeg";

    /// <summary>The program: a path, or a name looked up in PATH; <c>ffmpeg</c> by default.</summary>
    public string Program { get; set; } = "ffmpeg";

    /// <summary>The longest one call may take; an hour by default.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromHours(1);
}
