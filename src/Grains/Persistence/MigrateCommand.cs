using Farm.Storage;

namespace Farm.Grains.Persistence;

/// <summary><c>migrate</c>: brings the database up to date and ends, for those who do not let the Grains processes do it.</summary>
internal sealed class MigrateCommand(DatabaseStart database, IHostApplicationLifetime host) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await database.MigrateAsync(cancellationToken);
        host.StopApplication();
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Composition of the command.</summary>
internal static class MigrateCommandExtensions
{
    /// <summary>A host that migrates the database that <c>Farm:Database</c> names, and stops.</summary>
    public static IHost BuildMigration(this HostApplicationBuilder builder)
    {
        builder.Services.AddFarmStorage(builder.Configuration);
        builder.Services.AddStores(builder.Configuration);
        builder.Services.AddSingleton<DatabaseStart>();
        builder.Services.AddHostedService<MigrateCommand>();
        return builder.Build();
    }
}
