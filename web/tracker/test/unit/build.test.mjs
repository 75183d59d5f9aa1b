// The committed scripts are what their sources give, and as small as promised.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OUTPUT, SCRIPTS, compile, compressedSize } from '../../build.mjs';

test.each(SCRIPTS)('%s', async (name, source, limit) => {
  const code = await compile(source);
  expect(compressedSize(code)).toBeLessThanOrEqual(limit);
  expect(readFileSync(`${OUTPUT}/${name}`, 'utf8') === code, "call 'make web'").toBe(true);
});
