using System.Runtime.InteropServices;
using AutoRec.Data;
using AutoRec.Persistence;

namespace AutoRec.Models.Numerics;

/// <summary>
/// The users that a factor model keeps factors of: those it was fitted to, as long as their histories are the ones it was fitted to. New
/// users and changed histories are folded in. A history is recognised by a hash of its items and values.
/// </summary>
internal sealed class KnownUsers
{
    private const string Name = "known_histories";

    private readonly ulong[] hashes; // [users]

    private KnownUsers(ulong[] hashes) => this.hashes = hashes;

    /// <summary>Nobody.</summary>
    public static KnownUsers None { get; } = new([]);

    /// <summary>The users of the training data.</summary>
    public static KnownUsers Of(InteractionMatrix train)
    {
        var hashes = new ulong[train.RowCount];
        for (var user = 0; user < hashes.Length; user++)
        {
            hashes[user] = Hash(train, user);
        }

        return new KnownUsers(hashes);
    }

    /// <summary>Gets the row of a user's factors; -1 for a user who must be folded in.</summary>
    public int RowOf(Histories histories, int user)
    {
        var row = histories.TrainingRows[user];
        return row >= 0 && row < hashes.Length && hashes[row] == Hash(histories.Interactions, user) ? row : -1;
    }

    /// <summary>Adds the users to the arrays of a model.</summary>
    public ModelState SaveTo(ModelState state) => state.Add(Name, MemoryMarshal.Cast<ulong, int>(hashes).ToArray());

    /// <summary>The users of a saved model; none if it is of an earlier version, which did not keep them.</summary>
    /// <param name="state">The model's arrays.</param>
    /// <param name="users">The number of users of whom there are factors.</param>
    /// <exception cref="InvalidDataException">There is another number of users.</exception>
    public static KnownUsers Load(ModelState state, int users)
    {
        if (!state.Names.Contains(Name))
        {
            return None;
        }

        state.Require(Name, Sizes.Of("users x halves of a hash", users, 2));
        return new KnownUsers(MemoryMarshal.Cast<int, ulong>(state.Ints(Name)).ToArray());
    }

    private static ulong Hash(InteractionMatrix interactions, int user)
    {
        var items = interactions.Columns(user);
        var values = interactions.Values(user);
        var hash = (ulong)items.Length;
        for (var i = 0; i < items.Length; i++)
        {
            hash = SeedHash.Mix(hash ^ (((ulong)(uint)items[i] << 32) | BitConverter.SingleToUInt32Bits(values[i])));
        }

        return hash;
    }
}
