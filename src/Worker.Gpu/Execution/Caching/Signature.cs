namespace Farm.Worker.Execution.Caching;

/// <summary>
/// A cache key: the hash of a prompt's tenant, a node's class, its literal inputs, the signatures of what it is linked to, and its fingerprint. The
/// first 128 bits of a SHA-256.
/// </summary>
/// <param name="Hash">The bits.</param>
internal readonly record struct Signature(UInt128 Hash);
