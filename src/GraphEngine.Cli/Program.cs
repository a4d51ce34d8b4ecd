using System.CommandLine;
using System.Runtime.InteropServices;
using GraphEngine.Cli.Commands;

namespace GraphEngine.Cli;

/// <summary>The command table.</summary>
internal static class Program
{
    // Most stops are done sooner.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>All verbs, and the flags that every verb has.</summary>
    /// <param name="context">What the verbs write to.</param>
    public static RootCommand Commands(CommandContext context) => new("Trains and serves graph neural networks with kernels of its own.")
    {
        Flags.Json,
        Flags.Debug,
        TrainCommand.Create(context),
        EvaluateCommand.Create(context),
        PredictCommand.Create(context),
        DataCommand.Create(context),
        DevicesCommand.Create(context),
        VerifyCommand.Create(context),
        CompileCommand.Create(context),
        BenchCommand.Create(context),
    };

    private static int Main(string[] args)
    {
        using CancellationTokenSource interruption = new(), done = new();
        // The first signal asks for a clean stop after the current epoch; a second one ends the process as usual.
        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = !interruption.IsCancellationRequested;
            if (signal.Cancel)
                _ = Task.Delay(Patience, done.Token).ContinueWith(_ => Console.Error.WriteLine("Stopping when the step at hand is done; interrupt once more to end at once."), done.Token, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            interruption.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        int code = Cli.Run(args, Console.Out, Console.Error, interruption.Token);
        done.Cancel();
        return code;
    }
}
