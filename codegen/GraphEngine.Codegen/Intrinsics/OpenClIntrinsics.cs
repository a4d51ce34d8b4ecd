using ILGPU.Backends.OpenCL;
using ILGPU.IR;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>The intrinsics of <see cref="Device"/> as calls of OpenCL's built-in functions.</summary>
internal static class OpenClIntrinsics
{
    public static void Fma(CLBackend backend, CLCodeGenerator generator, Value call) => Emit(generator, call, "fma", 3);

    public static void Exp(CLBackend backend, CLCodeGenerator generator, Value call) => Emit(generator, call, "exp", 1);

    public static void Log(CLBackend backend, CLCodeGenerator generator, Value call) => Emit(generator, call, "log", 1);

    public static void Sqrt(CLBackend backend, CLCodeGenerator generator, Value call) => Emit(generator, call, "sqrt", 1);

    public static void Sin(CLBackend backend, CLCodeGenerator generator, Value call) => Emit(generator, call, "sin", 1);

    public static void Cos(CLBackend backend, CLCodeGenerator generator, Value call) => Emit(generator, call, "cos", 1);

    public static void Exp2(CLBackend backend, CLCodeGenerator generator, Value call) => Emit(generator, call, "exp2", 1);

    /// <summary>ILGPU's own barrier fences global memory only, which is not enough for tiles in local memory.</summary>
    public static void LocalBarrier(CLBackend backend, CLCodeGenerator generator, Value call) =>
        generator.Builder.AppendLine("\tbarrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);");

    /// <summary>
    /// OpenCL 1.2 adds integers only; ILGPU's own loop casts the address to another address space. So: read, add, and try again until nobody wrote in
    /// between.
    /// </summary>
    public static void AtomicAdd(CLBackend backend, CLCodeGenerator generator, Value call)
    {
        CLCodeGenerator.Variable target = generator.Load(call[0]), x = generator.Load(call[1]);
        generator.Builder.AppendLine(
            $"\t{{ volatile global uint* at = (volatile global uint*){target}; uint known; do known = *at; while (atomic_cmpxchg(at, known, as_uint(as_float(known) + {x})) != known); }}");
    }

    private static void Emit(CLCodeGenerator generator, Value call, string function, int operands)
    {
        var loaded = new CLCodeGenerator.Variable[operands];
        for (int i = 0; i < operands; i++)
            loaded[i] = generator.Load(call[i]);
        CLCodeGenerator.Variable result = generator.Allocate(call);
        using CLCodeGenerator.StatementEmitter statement = generator.BeginStatement(result);
        statement.AppendCommand(function);
        statement.BeginArguments();
        foreach (CLCodeGenerator.Variable operand in loaded)
            statement.AppendArgument(operand);
        statement.EndArguments();
    }
}
