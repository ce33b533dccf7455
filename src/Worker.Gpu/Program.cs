using Farm.Clustering;
using Farm.Hosting;
using Farm.Hosting.Management;
using Farm.Worker;

if (args is ["health", ..])
    return await HealthCommand.RunAsync(args);

return await FarmProcess.RunAsync(() =>
{
    var builder = Host.CreateApplicationBuilder(FarmProcess.ReadingOnce(args)).AddFarmConfiguration("worker.json");
    builder.AddFarmHosting("worker");
    builder.UseOrleans(silo => silo.UseFarmCluster(builder.Configuration, acceptsClients: false).AddFarmWorker(builder.Configuration));
    return builder.Build();
});
