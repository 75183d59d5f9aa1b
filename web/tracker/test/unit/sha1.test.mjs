// The hash in the cookies' names is SHA-1's beginning.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { shortHash } from '../../src/sha1';

const sample = (length) => 'shop.example.org/a-long-path/'.repeat(10).slice(0, length);

test.each([0, 1, 17, 54, 55, 56, 63, 64, 65, 119, 120, 200])('of %d characters', (length) => {
  expect(shortHash(sample(length))).toBe(createHash('sha1').update(sample(length)).digest('hex').slice(0, 4));
});
