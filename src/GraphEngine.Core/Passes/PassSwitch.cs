namespace GraphEngine.Passes;

/// <summary>A pass, or several that belong together, that can be left out.</summary>
/// <param name="Name">The name it is switched off by.</param>
/// <param name="Purpose">What it does, as the end of a sentence that begins with its name.</param>
/// <param name="IsForCpu">True when it makes use of the caches and registers of a core; other devices compile without it.</param>
public sealed record PassSwitch(string Name, string Purpose, bool IsForCpu = false);
