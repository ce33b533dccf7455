using Farm.Clustering;
using Farm.Grains;
using Farm.Grains.Persistence;
using Farm.Hosting;
using Farm.Hosting.Management;

if (args is ["health", ..])
    return await HealthCommand.RunAsync(args);

return await FarmProcess.RunAsync(() =>
{
    var builder = Host.CreateApplicationBuilder(FarmProcess.ReadingOnce(args)).AddFarmConfiguration("grains.json");
    if (args is ["migrate", ..])
        return builder.BuildMigration();
    builder.AddFarmHosting("grains");
    builder.UseOrleans(silo => silo.UseFarmCluster(builder.Configuration, acceptsClients: true).AddFarmGrains(builder.Configuration));
    return builder.Build();
});
