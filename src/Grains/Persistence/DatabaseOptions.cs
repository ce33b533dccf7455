using Microsoft.Extensions.Options;

namespace Farm.Grains.Persistence;

/// <summary>Where the truth is kept: section <c>Farm:Database</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Database";

    /// <summary><c>sqlite</c> (default; one process) or <c>postgres</c> (any number of silos).</summary>
    public string Provider { get; set; } = "sqlite";

    /// <summary>
    /// The provider's connection string; must be given for PostgreSQL. Default: <c>farm.db</c> in the data root, with SQLite.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Whether pending migrations are applied at start, by one of several processes; without it <c>Farm.Grains migrate</c> applies them, and a process refuses a
    /// database that is behind. True by default.
    /// </summary>
    public bool Migrate { get; set; } = true;

    /// <summary>Writes that share one commit at the most. 256 by default.</summary>
    public int MaxBatch { get; set; } = 256;

    /// <summary>Commits under way at a time in a process, each on a connection of its own; with SQLite always one. More of them commit sooner what is shared by fewer. 2 by default.</summary>
    public int Writers { get; set; } = 2;

    /// <summary>
    /// How long a commit waits for others to share it when the last one was shared by many; one at a time waits for nobody. 0 for never. 2 ms by default.
    /// </summary>
    public TimeSpan Gather { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Statements that PostgreSQL keeps prepared a connection, once they have come up twice; 0 for none, as behind a pooler that gives each transaction another
    /// connection (PgBouncer before 1.21). 64 by default; <c>Max Auto Prepare</c> in the connection string goes before.
    /// </summary>
    public int Prepared { get; set; } = 64;

    /// <summary>
    /// What SQLite waits for at a commit: <c>normal</c> (default), after which a killed process loses nothing, or <c>full</c>,
    /// which survives a power loss too and costs a flush of the disk a commit.
    /// </summary>
    public string Synchronous { get; set; } = "normal";

    internal bool IsSqlite => string.Equals(Provider, "sqlite", StringComparison.OrdinalIgnoreCase);

    internal bool IsPostgres => string.Equals(Provider, "postgres", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Checks <see cref="DatabaseOptions"/> at start.</summary>
internal sealed class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DatabaseOptions options)
    {
        var failures = new List<string>();
        if (!options.IsSqlite && !options.IsPostgres)
            failures.Add($"{DatabaseOptions.Section}:Provider is '{options.Provider}'; it must be sqlite or postgres.");
        if (options.ConnectionString.Length == 0)
            failures.Add($"{DatabaseOptions.Section}:ConnectionString is empty; it must be given with provider '{options.Provider}'.");
        if (options.MaxBatch is < 1 or > 10_000)
            failures.Add($"{DatabaseOptions.Section}:MaxBatch is {options.MaxBatch}; it must be 1 to 10,000.");
        if (options.Writers is < 1 or > 64)
            failures.Add($"{DatabaseOptions.Section}:Writers is {options.Writers}; it must be 1 to 64.");
        if (options.Gather < TimeSpan.Zero || options.Gather > TimeSpan.FromSeconds(1))
            failures.Add($"{DatabaseOptions.Section}:Gather is {options.Gather}; it must be 0 to 00:00:01.");
        if (options.Prepared is < 0 or > 1_000)
            failures.Add($"{DatabaseOptions.Section}:Prepared is {options.Prepared}; it must be 0 to 1,000.");
        if (options.Synchronous is not ("normal" or "full"))
            failures.Add($"{DatabaseOptions.Section}:Synchronous is '{options.Synchronous}'; it must be normal or full.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
