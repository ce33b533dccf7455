using Farm.Clustering;
using Farm.Gateway;
using Farm.Gateway.Calls;
using Farm.Hosting;
using Farm.Hosting.Management;

if (args is ["health", ..])
    return await HealthCommand.RunAsync(args);

return await FarmProcess.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(FarmProcess.ReadingOnce(args)).AddFarmConfiguration("gateway.json");
    builder.UseOrleansClient(client => client.UseFarmCluster(builder.Configuration).AddOutgoingGrainCallFilter<IdempotentCalls>());
    builder.AddFarmHosting("gateway");
    builder.Services.AddFarmGateway(builder.Configuration);
    return builder.Build().MapFarmGateway();
});
