using System.Collections;
using System.Runtime.CompilerServices;

namespace AutoRec.Catalog.Ensembles;

/// <summary>
/// The models of an ensemble, written <c>ease+ials</c>, each as <see cref="ModelSpec"/> writes it:
/// <c>ease:regularization=300+ials:latent-factors=128:epochs=20</c>. A model may be there several times, with random numbers of its own.
/// </summary>
[CollectionBuilder(typeof(EnsembleMembers), nameof(Of))]
internal sealed class EnsembleMembers : IReadOnlyList<ModelSpec>, IEquatable<EnsembleMembers>
{
    internal const string Expected =
        "two or more models joined by +, each with options after colons, such as ease+ials:latent-factors=128:regularization=0.05";

    private readonly ModelSpec[] members;

    private EnsembleMembers(ModelSpec[] members) => this.members = members;

    /// <summary>The number of models, at least 2.</summary>
    public int Count => members.Length;

    /// <summary>A model with its options.</summary>
    public ModelSpec this[int index] => members[index];

    /// <summary>The members of an ensemble.</summary>
    /// <exception cref="ArgumentException">There are fewer than two.</exception>
    public static EnsembleMembers Of(ReadOnlySpan<ModelSpec> members) => members.Length >= 2
        ? new EnsembleMembers(members.ToArray())
        : throw new ArgumentException($"An ensemble must be {Expected}; got '{string.Join('+', members.ToArray())}'.", nameof(members));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="ArgumentException">There are fewer than two models, a name is empty, or an option has no value.</exception>
    public static EnsembleMembers Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Of(Array.ConvertAll(text.Split('+'), ModelSpec.Parse));
    }

    /// <inheritdoc/>
    public IEnumerator<ModelSpec> GetEnumerator() => ((IEnumerable<ModelSpec>)members).GetEnumerator();

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
