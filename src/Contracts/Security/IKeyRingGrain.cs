using System.Collections.Immutable;

namespace Farm.Contracts.Security;

/// <summary>The keys that gateways encrypt their cookies with, so that what one gives out all others accept. There is one, <see cref="Key"/>.</summary>
[Alias("farm.IKeyRingGrain")]
public interface IKeyRingGrain : IGrainWithStringKey
{
    /// <summary>The one key of this grain.</summary>
    const string Key = "ring";

    /// <summary>All of them, each as the XML that ASP.NET Core's data protection writes.</summary>
    [Alias("List"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<ImmutableArray<string>> ListAsync();

    /// <summary>Adds one; the same name again changes nothing.</summary>
    [Alias("Add"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task AddAsync(string name, string xml);
}
