namespace AutoRec.Models;

/// <summary>The rows that an AutoRec learns from.</summary>
public enum AutoRecRows
{
    /// <summary>I-AutoRec: the ratings of one item by all users. The better of the two; new users cannot be folded in.</summary>
    Items,

    /// <summary>U-AutoRec: the ratings of one user of all items. New users are folded in.</summary>
    Users,
}
