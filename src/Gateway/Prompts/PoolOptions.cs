using Microsoft.Extensions.Options;

namespace Farm.Gateway.Prompts;

/// <summary>Who may use pools of workers: section <c>Farm:Pools</c>. <c>Farm:Pools:Of:NAME</c> holds what is said of one of them.</summary>
public sealed class PoolOptions
{
    /// <summary>Where these options stand in the configuration.</summary>
    public const string Section = "Farm:Pools";

    /// <summary>What is said of a pool, by its name. A pool that is not named is free for all.</summary>
    public IDictionary<string, PoolRule> Of { get; } = new Dictionary<string, PoolRule>(StringComparer.Ordinal);
}

/// <summary>What is said of one pool.</summary>
public sealed class PoolRule
{
    /// <summary>The tenants whose prompts may ask for pool NAME. Default none named: all may.</summary>
    public IList<string> Tenants { get; } = [];
}

/// <summary>Checks <see cref="PoolOptions"/> at start.</summary>
internal sealed class PoolOptionsValidator : IValidateOptions<PoolOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, PoolOptions options)
    {
        string[] failures =
        [
            .. from pool in options.Of
               from tenant in pool.Value.Tenants
               where !Storage.TenantName.IsAllowed(tenant)
               select $"{PoolOptions.Section}:Of:{pool.Key}:Tenants holds '{tenant}'; it must be 1 to 64 characters: a to z, 0 to 9, and after the first also '.', '_' and '-'.",
        ];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
