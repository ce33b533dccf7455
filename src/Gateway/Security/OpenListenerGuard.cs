using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security;

/// <summary>
/// An open gateway listens where only its own machine reaches it. The addresses are looked at when the server binds them, wherever they were
/// configured.
/// </summary>
internal sealed class OpenListenerGuard(IOptions<SocketTransportOptions> options, ILoggerFactory loggers) : IConnectionListenerFactory
{
    private readonly SocketTransportFactory _sockets = new(options, loggers);

    /// <inheritdoc />
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => IsOwnMachines(endpoint)
        ? _sockets.BindAsync(endpoint, cancellationToken)
        : throw new OptionsValidationException(SecurityOptions.Section, typeof(SecurityOptions),
        [
            $"The gateway asks nobody to sign in and would listen on {endpoint}, where others reach it. Give it {SecurityOptions.Section}:{nameof(SecurityOptions.BootstrapKey)}, "
            + $"{nameof(SecurityOptions.BootstrapKeyFile)} or {Oidc.OidcOptions.Section}:{nameof(Oidc.OidcOptions.Authority)}, let it listen on 127.0.0.1 only, "
            + $"or say {SecurityOptions.Section}:{nameof(SecurityOptions.AllowOpen)}=true where something before it lets in only whom you mean to.",
        ]);

    private static bool IsOwnMachines(EndPoint endpoint) => endpoint is not IPEndPoint { Address: var address } || IPAddress.IsLoopback(address);
}
