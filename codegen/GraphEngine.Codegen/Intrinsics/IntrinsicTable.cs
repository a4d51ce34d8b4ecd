using System.Reflection;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>Which method stands behind each intrinsic of <see cref="Device"/> on each back end. A new intrinsic is one row here.</summary>
internal static class IntrinsicTable
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly (string Name, Type Ptx)[] Rows =
    [
        (nameof(Device.Fma), typeof(PtxIntrinsics)),
        (nameof(Device.Exp), typeof(PtxMath)),
        (nameof(Device.Log), typeof(PtxMath)),
        (nameof(Device.Sqrt), typeof(PtxIntrinsics)),
        (nameof(Device.Sin), typeof(PtxMath)),
        (nameof(Device.Cos), typeof(PtxMath)),
        (nameof(Device.Exp2), typeof(PtxIntrinsics)),
        (nameof(Device.LocalBarrier), typeof(PtxIntrinsics)),
        (nameof(Device.AtomicAdd), typeof(PtxIntrinsics)),
    ];

    /// <summary>Makes the intrinsics known to a context that is being built.</summary>
    public static void Register(Context.Builder builder)
    {
        IntrinsicImplementationManager manager = builder.GetIntrinsicManager();
        foreach ((string name, Type ptx) in Rows)
        {
            MethodInfo method = Method(typeof(Device), name);
            IntrinsicImplementationMode mode =
                ptx == typeof(PtxMath) ? IntrinsicImplementationMode.Redirect : IntrinsicImplementationMode.GenerateCode;
            manager.RegisterMethod(method, new PTXIntrinsic(Method(ptx, name), mode));
            manager.RegisterMethod(method, new CLIntrinsic(Method(typeof(OpenClIntrinsics), name), IntrinsicImplementationMode.GenerateCode));
        }
    }

    private static MethodInfo Method(Type type, string name) =>
        type.GetMethod(name, Any) ?? throw new MissingMethodException(type.FullName, name);
}
