// Codes in words: 8 or 16 bits each, the first in the lowest bits.

/// Bits of a code's place in its word, for the code numbered `index`; `wide` for 16 bits.
fn code_shift(index: u32, wide: bool) -> u32 {
  return select((index & 3u) * 8u, (index & 1u) * 16u, wide);
}

fn code_in(word: u32, index: u32, wide: bool) -> u32 {
  return (word >> code_shift(index, wide)) & select(0xffu, 0xffffu, wide);
}

/// Number of the word that holds the code numbered `index`.
fn word_of(index: u32, wide: bool) -> u32 {
  return select(index >> 2u, index >> 1u, wide);
}
