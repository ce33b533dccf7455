var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
Console.WriteLine(TorchSharp.torch.ones(2, 3).sum().item<float>());
await app.StartAsync();
