using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>A way to hold part of a log out for testing.</summary>
public interface ISplitter
{
    /// <summary>The splitter as command lines write it, such as <c>random:0.9</c>; <see cref="Splitter.Parse"/> reads it.</summary>
    string Name { get; }

    /// <summary>
    /// Splits a log. No interaction is lost and none is in both parts; users and items keep their rows. The same interactions
    /// and seed give the same split, whatever the order of lines in a file.
    /// </summary>
    /// <param name="log">What to split.</param>
    /// <param name="seed">The seed of what is drawn at random.</param>
    /// <exception cref="ArgumentException">The log cannot be split this way.</exception>
    Split Split(Interactions log, int seed);

    /// <summary>How many splits there are for one seed: the folds of cross-validation; 1 for all other splitters.</summary>
    int Count => 1;

    /// <summary>Whether the seed decides which interactions are held out; false where times alone do. Default true.</summary>
    bool IsDrawn => true;

    /// <summary>All splits of a log for one seed, each made when it is asked for.</summary>
    /// <inheritdoc cref="Split"/>
    IEnumerable<Split> Splits(Interactions log, int seed) => [Split(log, seed)];
}
