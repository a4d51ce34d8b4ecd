using GraphEngine.Tensors;

namespace GraphEngine.Cli.Tests;

/// <summary>
/// A reference case computed here by loops over edges in double precision: out_v = sum over edges of x_u W_r, + x_v W_0 + b, and the gradients
/// of sum(out * probe).
/// </summary>
internal static class ReferenceFile
{
    private const int Nodes = 4;
    private const int Width = 3;

    private static readonly long[] Source = [0, 1, 2, 3, 0], Target = [1, 2, 3, 0, 2], Type = [0, 1, 0, 1, 0];

    public static Dictionary<string, Tensor> Tensors()
    {
        double[] x = Numbers(Nodes * Width, 1), weight = Numbers(2 * Width * Width, 2), root = Numbers(Width * Width, 3), bias = Numbers(Width, 4), probe = Numbers(Nodes * Width, 5);
        double[] y = new double[Nodes * Width], gx = new double[x.Length], gWeight = new double[weight.Length], gRoot = new double[root.Length], gBias = new double[Width];
        void Message(int from, int to, double[] w, double[] gw, int slice)
        {
            for (int i = 0; i < Width; i++)
            {
                for (int j = 0; j < Width; j++)
                {
                    int k = (slice * Width * Width) + (i * Width) + j;
                    y[(to * Width) + j] += x[(from * Width) + i] * w[k];
                    gx[(from * Width) + i] += probe[(to * Width) + j] * w[k];
                    gw[k] += x[(from * Width) + i] * probe[(to * Width) + j];
                }
            }
        }

        for (int e = 0; e < Source.Length; e++)
            Message((int)Source[e], (int)Target[e], weight, gWeight, (int)Type[e]);
        for (int v = 0; v < Nodes; v++)
        {
            Message(v, v, root, gRoot, 0);
            for (int j = 0; j < Width; j++)
            {
                y[(v * Width) + j] += bias[j];
                gBias[j] += probe[(v * Width) + j];
            }
        }
        Tensor[] tensors =
        [
            Tensor.Of("src", Source), Tensor.Of("dst", Target), Tensor.Of("etype", Type), Tensor.Of("ntype", new long[Nodes]),
            Tensor.Of("etype_src_ntype", new long[2]), Tensor.Of("etype_dst_ntype", new long[2]),
            Floats("x", x, Nodes, Width), Floats("probe", probe, Nodes, Width), Floats("out", y, Nodes, Width), Floats("grad_x", gx, Nodes, Width),
            Floats("w.weight", weight, 2, Width, Width), Floats("w.root", root, Width, Width), Floats("w.bias", bias, Width),
            Floats("g.weight", gWeight, 2, Width, Width), Floats("g.root", gRoot, Width, Width), Floats("g.bias", gBias, Width),
        ];
        return tensors.ToDictionary(t => t.Name);
    }

    public static string Write(string path, IReadOnlyDictionary<string, Tensor> tensors, string? kind = "rgcn-add")
    {
        SafetensorsFile.Write(path, tensors.Values, kind is null ? new Dictionary<string, string> { ["made"] = "here" } : new Dictionary<string, string> { ["kind"] = kind });
        return path;
    }

    public static Tensor Floats(string name, double[] values, params ReadOnlySpan<long> shape) => Tensor.Of(name, Array.ConvertAll(values, v => (float)v), shape);

    private static double[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        // Rounded to floats first: then both sides start from the same numbers.
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)((random.NextDouble() * 2) - 1))];
    }
}
