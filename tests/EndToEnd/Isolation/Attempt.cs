namespace Farm.EndToEnd.Isolation;

/// <summary>What another tenant tries on an operation, and what it gets.</summary>
/// <param name="Operation">The operation's name.</param>
/// <param name="Tries">What it tries, for the document.</param>
/// <param name="Status">The status that answers.</param>
/// <param name="Gets">What that is, for the document; empty where the status says it.</param>
/// <param name="SendAsync">Tries it.</param>
internal sealed record Attempt(string Operation, string Tries, int Status, string Gets, Func<TenantClient, Belongings, Task<Answer>> SendAsync)
{
    /// <summary>What the body must hold, where there is something to say of it.</summary>
    public string Holds { get; init; } = "";
}
