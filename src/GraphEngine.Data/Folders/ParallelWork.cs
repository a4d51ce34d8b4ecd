using System.Runtime.ExceptionServices;

namespace GraphEngine.Data.Folders;

/// <summary>
/// Runs independent pieces on all cores. Of several failures the one of the lowest piece is thrown, so that a message never depends on timing.
/// </summary>
internal static class ParallelWork
{
    public static void Run(int pieces, Action<int> work, CancellationToken cancellation)
    {
        ExceptionDispatchInfo?[] failures = new ExceptionDispatchInfo?[pieces];
        Parallel.For(0, pieces, new ParallelOptions { CancellationToken = cancellation }, piece =>
        {
            try
            {
                work(piece);
            }
            catch (Exception error)
            {
                failures[piece] = ExceptionDispatchInfo.Capture(error);
            }
        });
        Array.Find(failures, failure => failure is not null)?.Throw();
    }
}
