using Farm.Clustering;
using Farm.Gateway;
using Farm.Gateway.Calls;

return await FarmProcess.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(args).AddFarmConfiguration("gateway.json");
    builder.UseOrleansClient(client => client.UseFarmCluster(builder.Configuration).AddOutgoingGrainCallFilter<IdempotentCalls>());
    builder.Services.AddFarmGateway(builder.Configuration);
    return builder.Build().MapFarmGateway();
});
