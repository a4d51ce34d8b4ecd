namespace GraphEngine.Learning.Benchmarks;

/// <summary>What a search for schedules came to.</summary>
/// <param name="Kernels">Kernels of different text in the program.</param>
/// <param name="Changed">Those that got a schedule other than the usual one.</param>
/// <param name="UsualMilliseconds">The shortest time of the program with the usual schedules.</param>
/// <param name="TunedMilliseconds">The shortest time with those that were kept.</param>
/// <param name="IsSaved">False when the table could not be written.</param>
public sealed record ScheduleSearchResult(int Kernels, int Changed, double UsualMilliseconds, double TunedMilliseconds, bool IsSaved);
