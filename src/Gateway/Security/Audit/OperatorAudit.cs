using System.Diagnostics;
using Farm.Contracts.Prompts;
using Farm.Contracts.Security;
using Farm.Gateway.Calls;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Security.Scopes;

namespace Farm.Gateway.Security.Audit;

/// <summary>
/// Writes down what operators do: every route that needs the scope <c>operate</c> and does more than to read, and what is done for a tenant that is named. It is written before it is done, so
/// that nothing is done that could not be written down, and again with its outcome. Refused attempts of those who signed in stand there too.
/// </summary>
internal sealed partial class OperatorAudit(RequestDelegate next, IGrainFactory grains, IdentityResolver identities, TimeProvider clock, ILogger<OperatorAudit> logger)
{
    private const int LongestTarget = 500;
    private static readonly object TargetKey = new();

    private IAuditGrain Trail => grains.GetGrain<IAuditGrain>(IAuditGrain.Key);

    /// <summary>Says what an action is done to, where the path does not.</summary>
    public static void Target(HttpContext context, string target) => context.Items[TargetKey] = target;

    /// <summary>Runs the rest of the pipeline.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (!RouteScope.IsAction(context))
        {
            await next(context);
            return;
        }
        var entry = Entry(context);
        await Trail.BeginAsync(entry);
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context);
            status = context.Response.StatusCode;
        }
        catch (Exception failure)
        {
            status = FailureHandler.StatusOf(failure);
            throw;
        }
        finally
        {
            await EndAsync(entry, status, context.Items[TargetKey] as string);
        }
    }

    private AuditEntry Entry(HttpContext context) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        At = clock.GetUtcNow(),
        Actor = Caller.Of(context.User)?.Actor ?? "open",
        Tenant = identities.Of(context).Tenant,
        Action = $"{context.Request.Method} {((RouteEndpoint)context.GetEndpoint()!).RoutePattern.RawText}",
        Target = Cut(RouteScope.TenantNamed(context) is { } tenant ? $"{context.Request.Path} of tenant {tenant}" : context.Request.Path.Value ?? ""),
        Address = RemoteAddress.Of(context),
        TraceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
    };

    private async Task EndAsync(AuditEntry entry, int status, string? target)
    {
        Done(logger, entry.Actor, entry.Tenant, entry.Action, status, entry.Id);
        try
        {
            await Trail.EndAsync(entry.Id, status, target is null ? null : Cut(target));
        }
        catch (Exception failure) when (Unreachable.Is(failure) || failure is StoreUnavailableException)
        {
            // The answer is on its way; that the action began is written down.
            NotEnded(logger, entry.Id, failure.Message);
        }
    }

    // PostgreSQL has no NUL in its texts.
    private static string Cut(string text) => (text.Length > LongestTarget ? text[..LongestTarget] : text).Replace("\0", "", StringComparison.Ordinal);

    [LoggerMessage(Level = LogLevel.Information, Message = "Operator {Actor} of {Tenant}: {Action} ended with {Status} (audit {AuditId})")]
    private static partial void Done(ILogger logger, string actor, string tenant, string action, int status, Guid auditId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of audit {AuditId} could not be written down ({Reason})")]
    private static partial void NotEnded(ILogger logger, Guid auditId, string reason);
}
