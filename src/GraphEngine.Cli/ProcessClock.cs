using System.Diagnostics;

namespace GraphEngine.Cli;

/// <summary>How long the program has been running: what somebody who started it has waited.</summary>
internal static class ProcessClock
{
    /// <summary>Seconds since its start.</summary>
    public static double Seconds
    {
        get
        {
            using Process process = Process.GetCurrentProcess();
            return (DateTime.Now - process.StartTime).TotalSeconds;
        }
    }
}
