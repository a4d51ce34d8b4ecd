namespace GraphEngine.Data.Shapes;

/// <summary>Power laws over ranks: the k-th of n has a share in proportion to k to the power of minus the exponent.</summary>
internal static class PowerLaw
{
    /// <summary>Sizes of at least one that fall by a power law and add up to <paramref name="total"/>, largest first.</summary>
    public static int[] Sizes(int total, int count, double exponent)
    {
        double[] weights = [.. Enumerable.Range(1, count).Select(rank => Math.Pow(rank, -exponent))];
        double sum = weights.Sum();
        int[] sizes = [.. weights.Select(weight => Math.Max(1, (int)(total * weight / sum)))];
        // What rounding took or gave is settled where it changes the proportions least.
        for (int difference = total - sizes.Sum(), k = 0; difference != 0 && k < count; k++)
        {
            int change = Math.Max(difference, 1 - sizes[k]);
            sizes[k] += change;
            difference -= change;
        }
        return sizes;
    }

    /// <summary>
    /// A rank in [0, <paramref name="count"/>) from a uniform number, with exponent 3/4, by inverting the continuous distribution. That exponent
    /// needs only square roots and products, which are fast and the same on every machine.
    /// </summary>
    public static int Rank(double uniform, int count)
    {
        double root = 1 + uniform * (Math.Sqrt(Math.Sqrt(count + 1.0)) - 1);
        double square = root * root;
        return Math.Min(count - 1, (int)(square * square) - 1);
    }
}
