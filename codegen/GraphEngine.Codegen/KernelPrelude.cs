namespace GraphEngine.Codegen;

/// <summary>The usings that hold for every generated kernel of an assembly.</summary>
public static class KernelPrelude
{
    /// <summary>The text. The alias is needed because ILGPU has a class Device as well.</summary>
    public const string Text = """
        global using System;
        global using System.Runtime.CompilerServices;
        global using System.Runtime.InteropServices;
        global using System.Runtime.Intrinsics;
        global using System.Runtime.Intrinsics.X86;
        global using GraphEngine.Codegen.Intrinsics;
        global using GraphEngine.Tensors;
        global using ILGPU;
        global using ILGPU.IR.Intrinsics;
        global using ILGPU.Runtime;
        global using Device = GraphEngine.Codegen.Intrinsics.Device;
        global using Group = ILGPU.Group;
        """;
}
