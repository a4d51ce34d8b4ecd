using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// The text around the weights of a GEMM: where that of a type lies, and how it is packed, turned or heads side by side, when a lane comes to its
/// rows.
/// </summary>
internal sealed class GemmWeights
{
    private readonly GemmShape _shape;
    private readonly KernelArguments _arguments;
    private readonly string _pointers;
    private readonly string _weight;
    private readonly string? _kept;
    private readonly string? _bounds;

    public GemmWeights(GemmShape shape, KernelArguments arguments, DeviceProfile profile, string pointers)
    {
        _shape = shape;
        _arguments = arguments;
        _pointers = pointers;
        _weight = $"{arguments.Tensor(shape.Kernel.Weight)} + (nint)segment * {shape.WeightSize}";
        if (shape.Kernel.Packed is not TensorBuffer packed)
            return;
        _kept = arguments.Tensor(packed);
        _bounds = arguments.Table(SimdEmitter.SharesOf(shape.Kernel, profile)!);
    }

    /// <summary>Prints what a lane knows of the packed weight before its first row.</summary>
    public void PrintHead(CodeWriter body)
    {
        // The weight of the rows before these is where this lane left it, if those were not too few for that.
        if (_shape.IsPacked)
        {
            body.Line(_kept is null
                ? "int packed = -1;"
                : $"int packed = row - Math.Max({_pointers}[segment], {_bounds}[lane]) >= {Math.Max(1, _shape.FewRows)} ? segment : -1;");
        }
    }

    /// <summary>Prints the place of the weight that is multiplied.</summary>
    public void PrintPlace(CodeWriter body)
    {
        string place = _kept is not null ? $"{_kept} + (nint)lane * {_shape.WeightSize}"
            : _shape.WeightFloats > 0 ? $"scratch + {_shape.AFloats + _shape.YFloats}"
            : _weight;
        body.Line($"float* w = {place};");
    }

    /// <summary>Prints the product of a tile, with the packing before it, or dots instead of both where rows are few.</summary>
    /// <param name="body">The text.</param>
    /// <param name="product">The product by the packed weight.</param>
    public void PrintProduct(CodeWriter body, string product)
    {
        if (!_shape.Kernel.Transposed)
        {
            PrintPacked(body, product);
            return;
        }
        if (_shape.FewRows > 0)
        {
            using (body.Open($"if (packed != segment && end - row < {_shape.FewRows})"))
                PrintDots(body);
        }
        using (body.Open(_shape.FewRows > 0 ? "else" : ""))
            PrintPacked(body, product);
    }

    private void PrintPacked(CodeWriter body, string product)
    {
        if (_shape.IsPacked)
        {
            using (body.Open("if (packed != segment)"))
            {
                foreach (string line in Packing())
                    body.Line(line);
                body.Line("packed = segment;");
            }
        }
        body.Lines(product);
    }

    private IEnumerable<string> Packing()
    {
        int size = _shape.HeadK * _shape.N;
        return _shape.IsSideBySide
            ? [$"Simd.SideBySide({_weight}, w, {_shape.Heads}, {_shape.K}, {_shape.N / _shape.Heads});"]
            : Enumerable.Range(0, _shape.Kernel.WeightRow.Heads).Select(h => $"Simd.Transpose({_weight} + {h * size}, w + {h * size}, {_shape.N}, {_shape.HeadK});");
    }

    private void PrintDots(CodeWriter body)
    {
        string row = _shape.Gathered is (_, IndexTable list) ? $"(nint){_arguments.Table(list)}[row + i]" : "i";
        bool sums = _shape.Kernel.SumsHeads;
        for (int h = 0; h < Math.Max(_shape.Heads, _shape.Kernel.WeightRow.Heads); h++)
        {
            (int aHead, int weightHead) = _shape.PlaceOf(h, _shape.HeadK);
            string a = $"x + {row} * {_shape.ASize} + {aHead}", y = $"y + i * {_shape.YSize} + {(sums ? 0 : h * _shape.N)}";
            body.Line("for (int i = 0; i < end - row; i++)");
            body.Line($"    Simd.Dots({a}, {_weight} + {weightHead}, {y}, {_shape.HeadK}, {_shape.N}, {(sums && h > 0 ? "true" : "false")});");
        }
    }
}
