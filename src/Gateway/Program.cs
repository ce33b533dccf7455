using Farm.Clustering;
using Farm.Gateway;

return await FarmProcess.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(args).AddFarmConfiguration("gateway.json");
    builder.UseOrleansClient(client => client.UseFarmCluster(builder.Configuration));
    builder.Services.AddFarmGateway(builder.Configuration);
    return builder.Build().MapFarmGateway();
});
