using Farm.Clustering;
using Farm.Worker;

return await FarmProcess.RunAsync(() =>
{
    var builder = Host.CreateApplicationBuilder(args).AddFarmConfiguration("worker.json");
    builder.UseOrleans(silo => silo.UseFarmCluster(builder.Configuration, acceptsClients: false).AddFarmWorker(builder.Configuration));
    return builder.Build();
});
