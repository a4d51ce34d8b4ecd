using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Benchmarks;

/// <summary>A program of few kernels with the work that one run must do.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Program">The program.</param>
/// <param name="Topology">What it runs on.</param>
/// <param name="Work">Floating-point operations, or bytes moved.</param>
/// <param name="IsArithmetic">True when the work is operations and the multiply-add rate is its bound; false when it is bytes and the triad's
/// bandwidth is.</param>
public sealed record KernelBenchmark(string Name, Program Program, Topology Topology, double Work, bool IsArithmetic);
