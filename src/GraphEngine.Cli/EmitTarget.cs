using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Codegen.Ilgpu;
using GraphEngine.Kernels;

namespace GraphEngine.Cli;

/// <summary>A form in which <c>compile --emit</c> shows kernels.</summary>
/// <param name="Name">The word for it.</param>
/// <param name="Extension">The ending of its files.</param>
/// <param name="Profile">The device that the kernels are made for.</param>
/// <param name="Print">The text of a kernel.</param>
internal sealed record EmitTarget(string Name, string Extension, Func<DeviceProfile> Profile, Func<KernelAssembly, EmittedKernel, string> Print)
{
    /// <summary>All forms.</summary>
    public static IReadOnlyList<EmitTarget> All { get; } =
    [
        new("csharp", ".cs", DeviceProfile.Cpu, (_, kernel) => kernel.Source.Text + string.Concat(kernel.Parts.Select(p => $"\n{p.Text}"))),
        new("ptx", ".ptx", DeviceProfile.CudaText, (assembly, kernel) => IlgpuBackend.PtxText(assembly.Entry(kernel.Source.Name), kernel.GroupSize)),
        new("opencl", ".cl", DeviceProfile.OpenClText, (assembly, kernel) => IlgpuBackend.OpenClText(assembly.Entry(kernel.Source.Name), kernel.GroupSize)),
    ];

    /// <summary>The forms that a flag names.</summary>
    /// <param name="text">Names separated by commas; null for none.</param>
    /// <exception cref="UsageException">There is no such form.</exception>
    public static IReadOnlyList<EmitTarget> Parse(string? text) => [.. Flags.Words(text).Select(name => All.FirstOrDefault(t => t.Name == name)
        ?? throw new UsageException($"--emit: there is no form '{name}'; choose from {string.Join(", ", All.Select(t => t.Name))}."))];

    /// <summary>The texts of all kernels of a program that was lowered for <see cref="Profile"/>.</summary>
    /// <param name="program">The program.</param>
    public IEnumerable<(string File, string Text)> Emit(KernelProgram program)
    {
        DeviceProfile profile = Profile();
        EmittedKernel[] kernels = [.. program.Kernels.Select(k => KernelEmitter.Emit(k, profile))];
        KernelAssembly assembly = KernelCache.Default.Load([.. kernels.Select(k => k.Source), .. kernels.SelectMany(k => k.Parts).DistinctBy(p => p.Name)], profile);
        return kernels.Select(k => ($"kernels/{k.Source.Name}{Extension}", Print(assembly, k)));
    }
}
