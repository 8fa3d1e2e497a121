
namespace AutoRec.Tests;

/// <summary>
/// The tests that change the number of threads, which is one for the whole process: nothing else runs meanwhile, because
/// the last digits of torch's sums depend on it.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ThreadCount
{
    /// <summary>The collection's name.</summary>
    public const string Name = "number of threads";
}
