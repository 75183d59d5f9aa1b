// The first four hex digits of an ASCII text's SHA-1, synchronously: the cookies' names contain them.
// Source: FIPS 180-4, section 6.1. Its constants are square roots, its third and fourth start values complements.

export const shortHash = (text: string): string => {
  const bytes = text + '\x80';
  const count = ((bytes.length + 7) >> 6) * 16 + 16;
  const words: number[] = Array(count).fill(0);
  for (let i = 0; i < bytes.length; i++) words[i >> 2] |= bytes.charCodeAt(i) << (24 - (i & 3) * 8);
  words[count - 1] = bytes.length * 8 - 8;
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
  for (let at = 0; at < count; at += 16) {
    const w = words.slice(at, at + 16);
    let [a, b, c, d, e] = state;
    for (let i = 0; i < 80; i++) {
      if (i > 15) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
      const round = (i / 20) | 0;
      const mixed = round ? (round == 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d) : (b & c) | (~b & d);
      [a, b, c, d, e] = [(rotate(a, 5) + mixed + e + w[i] + (([2, 3, 5, 10][round] ** 0.5 * 2 ** 30) | 0)) | 0, a, rotate(b, 30), c, d];
    }
    state = [a, b, c, d, e].map((value, i) => (state[i] + value) | 0);
  }
  return ((state[0] >>> 16) + 0x10000).toString(16).slice(1);
};
