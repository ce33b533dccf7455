using Farm.Clustering;
using Farm.Grains;
using Farm.Grains.Persistence;

return await FarmProcess.RunAsync(() =>
{
    var builder = Host.CreateApplicationBuilder(args).AddFarmConfiguration("grains.json");
    if (args is ["migrate", ..])
        return builder.BuildMigration();
    builder.UseOrleans(silo => silo.UseFarmCluster(builder.Configuration, acceptsClients: true).AddFarmGrains(builder.Configuration));
    return builder.Build();
});
