namespace Farm.Grains.Retention;

/// <summary>The kinds of things that rules let go.</summary>
internal static class RetentionKinds
{
    /// <summary>Ended prompts.</summary>
    public const string History = "history";

    /// <summary>Files of the output folder.</summary>
    public const string Outputs = "outputs";

    /// <summary>Files of the temp folder.</summary>
    public const string Temp = "temp";

    /// <summary>Uploads that are assets.</summary>
    public const string Assets = "assets";

    /// <summary>Batches that are over.</summary>
    public const string Batches = "batches";

    /// <summary>Webhooks' messages.</summary>
    public const string Webhooks = "webhooks";

    /// <summary>Entries of the ledger.</summary>
    public const string Ledger = "ledger";

    /// <summary>What operators did.</summary>
    public const string Audit = "audit";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [History, Outputs, Temp, Assets, Batches, Webhooks, Ledger, Audit];
}
