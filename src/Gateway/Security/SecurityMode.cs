namespace Farm.Gateway.Security;

/// <summary>Whether callers must sign in.</summary>
/// <param name="IsClosed">They must; else everybody may do everything.</param>
internal sealed record SecurityMode(bool IsClosed);
