using System.Globalization;
using BenchmarkDotNet.Running;
using Carillon.Benchmarks;

// `drain [RUNS]`: Carillon on SQLite (durable, history kept) beside Quartz.NET's RAM store (which keeps nothing), in turn, in one process.
// Anything else goes to BenchmarkDotNet, for instance: --filter *
if (args is ["drain", ..])
{
    await DrainComparison.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5, Console.Out);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(DrainComparison).Assembly).Run(args);
}
