// What stands highest by each of several measures, in turns: no measure crowds out another. -Infinity is no standing at all.
export function inTurns<T>(all: readonly T[], by: readonly ((one: T) => number)[], limit: number): T[] {
  const orders = by.map((value) => all.filter((one) => value(one) > Number.NEGATIVE_INFINITY).sort((a, b) => value(b) - value(a)));
  const chosen = new Set<T>();
  for (let rank = 0; chosen.size < limit && rank < all.length; rank++) {
    for (const order of orders) {
      const one = order[rank];
      if (one !== undefined && chosen.size < limit) chosen.add(one);
    }
  }
  return [...chosen];
}
