using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Http;

/// <summary>Sets the largest body of every request, whatever server hosts the gateway.</summary>
internal sealed class BodyLimit(RequestDelegate next, IOptions<GatewayOptions> options)
{
    /// <summary>Sets the limit and goes on.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.Value.MaxUploadSize;
        return next(context);
    }
}
