/** A value's need of a buffer: from the step that makes it to the last one that reads it. */
export interface Lifetime {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

export interface SlotPlan {
  /** Bytes of each buffer. */
  readonly sizes: readonly number[];
  /** The buffer of each lifetime, in order. */
  readonly slots: readonly number[];
}

/**
 * Gives every value a buffer that no other value needs at the same time. A dispatch may not read and write one buffer
 * by two bindings, so buffers are whole, and none is taken over in place. `lifetimes` stand in the order of their steps.
 */
export function planSlots(lifetimes: readonly Lifetime[]): SlotPlan {
  const slots: { bytes: number; until: number }[] = [];
  const taken = lifetimes.map(({ bytes, from, to }) => {
    const free = slots.filter((slot) => slot.until < from);
    // The smallest that is large enough, else the largest, which then grows.
    const [best] = free.sort((a, b) => {
      const [short, other] = [a.bytes < bytes, b.bytes < bytes];
      if (short !== other) return short ? 1 : -1;
      return short ? b.bytes - a.bytes : a.bytes - b.bytes;
    });
    if (!best) return slots.push({ bytes, until: to }) - 1;
    best.bytes = Math.max(best.bytes, bytes);
    best.until = to;
    return slots.indexOf(best);
  });
  return { sizes: slots.map(({ bytes }) => bytes), slots: taken };
}
