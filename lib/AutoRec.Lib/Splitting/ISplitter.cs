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
}
