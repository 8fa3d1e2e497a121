using System.Collections;
using System.Runtime.CompilerServices;

namespace AutoRec.Catalog.Ensembles;

/// <summary>
/// The models of an ensemble, written <c>ease+ials</c>; options follow their model after colons:
/// <c>ease:regularization=300+ials:factors=128:epochs=20</c>. A model may be there several times, each with random numbers of its own.
/// </summary>
[CollectionBuilder(typeof(EnsembleMembers), nameof(Of))]
internal sealed class EnsembleMembers : IReadOnlyList<EnsembleMember>, IEquatable<EnsembleMembers>
{
    internal const string Expected =
        "two or more models joined by +, each with options after colons, such as ease+ials:factors=128:regularization=0.05";

    private readonly EnsembleMember[] members;

    private EnsembleMembers(EnsembleMember[] members) => this.members = members;

    /// <summary>The number of models, at least 2.</summary>
    public int Count => members.Length;

    /// <summary>A model with its options.</summary>
    public EnsembleMember this[int index] => members[index];

    /// <summary>The members of an ensemble.</summary>
    /// <exception cref="ArgumentException">There are fewer than two.</exception>
    public static EnsembleMembers Of(ReadOnlySpan<EnsembleMember> members) => members.Length >= 2
        ? new EnsembleMembers(members.ToArray())
        : throw new ArgumentException($"An ensemble must be {Expected}; got '{string.Join('+', members.ToArray())}'.", nameof(members));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">A name is empty, or an option has no value.</exception>
    /// <exception cref="ArgumentException">There are fewer than two models.</exception>
    public static EnsembleMembers Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Of(Array.ConvertAll(text.Split('+'), EnsembleMember.Parse));
    }

    /// <inheritdoc/>
    public IEnumerator<EnsembleMember> GetEnumerator() => ((IEnumerable<EnsembleMember>)members).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(EnsembleMembers? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EnsembleMembers);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    /// <inheritdoc/>
    public override string ToString() => string.Join('+', members.AsEnumerable());
}

/// <summary>A model of an ensemble.</summary>
/// <param name="Model">Its name in the catalogue.</param>
/// <param name="Settings">Options that are not the defaults: names and values as <c>--set</c> takes them.</param>
internal sealed record EnsembleMember(string Model, params IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The name is empty, or an option has no value.</exception>
    public static EnsembleMember Parse(string text)
    {
        var parts = text.Split(':', StringSplitOptions.TrimEntries);
        return parts[0].Length == 0
            ? throw new FormatException("A model has no name.")
            : new EnsembleMember(parts[0], Array.ConvertAll(parts[1..], Setting));
    }

    /// <summary>The name and the options, such as <c>ials:factors=128</c>.</summary>
    public override string ToString() => string.Join(':', Settings.Select(setting => $"{setting.Key}={setting.Value}").Prepend(Model));

    private static KeyValuePair<string, string> Setting(string text) => text.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } value]
        ? KeyValuePair.Create(name, value)
        : throw new FormatException($"'{text}' is not an option with a value.");
}
