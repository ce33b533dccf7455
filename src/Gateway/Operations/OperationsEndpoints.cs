using Farm.Gateway.Http;

namespace Farm.Gateway.Operations;

/// <summary>The operators' page at <c>/farm</c>: one file that asks the routes under <c>/farm/api</c>.</summary>
internal sealed class OperationsEndpoints : IResource
{
    private const string Page = "operations.html";

    public bool IsUnderApi => false;

    public void Map(IEndpointRouteBuilder routes) => routes.MapRead("/farm", PageAsync);

    private static Task<IResult> PageAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Task.FromResult<IResult>(TypedResults.Stream(typeof(OperationsEndpoints).Assembly.GetManifestResourceStream(Page)!, "text/html; charset=utf-8"));
    }
}
