namespace Farm.Gateway.Frontend;

/// <summary>Where the web page comes from, bound from <c>Farm:Frontend</c>.</summary>
public sealed class FrontendOptions
{
    /// <summary>Where these options stand in the configuration.</summary>
    public const string Section = "Farm:Frontend";

    /// <summary>Address of a frontend's development server, to which every path that is not the farm's is passed. None by default.</summary>
    public string DevServer { get; set; } = "";
}
