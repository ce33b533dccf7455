using System.CommandLine;
using Farm.Stress.Chaos;
using Farm.Stress.Render;
using Farm.Stress.Fairness;
using Farm.Stress.Rolling;
using Farm.Stress.Scale;

var command = new RootCommand("Does a whole farm harm and audits what came of it. The last line says: invariants: N checked, N violated.")
{
    ChaosScenario.Create(),
    FailoverScenario.Create(),
    OutageScenario.Create(),
    RenderScenario.Create(),
    FairnessScenario.Create(),
    RollingScenario.Create(),
    ScaleScenario.Create(),
};
return await command.Parse(args).InvokeAsync();
