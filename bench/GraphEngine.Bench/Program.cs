using BenchmarkDotNet.Running;
using GraphEngine.Bench;

BenchmarkSwitcher.FromAssembly(typeof(LayerBenchmarks).Assembly).Run(args);
