using ILGPU.Backends.PTX;
using ILGPU.IR;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>The intrinsics of <see cref="Device"/> as PTX instructions.</summary>
internal static class PtxIntrinsics
{
    public static void Fma(PTXBackend backend, PTXCodeGenerator generator, Value call) => Emit(generator, call, "fma.rn.f32", 3);

    public static void Sqrt(PTXBackend backend, PTXCodeGenerator generator, Value call) => Emit(generator, call, "sqrt.rn.f32", 1);

    public static void Exp2(PTXBackend backend, PTXCodeGenerator generator, Value call) => Emit(generator, call, "ex2.approx.f32", 1);

    public static void LocalBarrier(PTXBackend backend, PTXCodeGenerator generator, Value call)
    {
        using PTXCodeGenerator.CommandEmitter command = generator.BeginCommand("bar.sync");
        command.AppendConstant(0);
    }

    public static void AtomicAdd(PTXBackend backend, PTXCodeGenerator generator, Value call)
    {
        PTXCodeGenerator.HardwareRegister target = generator.LoadHardware(call[0]);
        PTXCodeGenerator.PrimitiveRegister x = generator.LoadPrimitive(call[1]);
        using PTXCodeGenerator.CommandEmitter command = generator.BeginCommand("red.add.f32");
        command.AppendArgumentValue(target);
        command.AppendArgument(x);
    }

    private static void Emit(PTXCodeGenerator generator, Value call, string instruction, int operands)
    {
        var loaded = new PTXCodeGenerator.PrimitiveRegister[operands];
        for (int i = 0; i < operands; i++)
            loaded[i] = generator.LoadPrimitive(call[i]);
        PTXCodeGenerator.HardwareRegister result = generator.AllocateHardware(call);
        using PTXCodeGenerator.CommandEmitter command = generator.BeginCommand(instruction);
        command.AppendArgument(result);
        foreach (PTXCodeGenerator.PrimitiveRegister operand in loaded)
            command.AppendArgument(operand);
    }
}
