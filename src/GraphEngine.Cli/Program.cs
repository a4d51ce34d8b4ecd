using GraphEngine.Learning.Verification;
using GraphEngine.Runtime;

namespace GraphEngine.Cli;

internal static class Program
{
    private static int Main(string[] args)
    {
        using Device device = DeviceCatalogue.Open("cpu");
        foreach (string file in args)
        {
            CaseResult r = Verifier.Run(ReferenceCase.Read(file), device);
            Console.WriteLine(r);
        }
        return 0;
    }
}
