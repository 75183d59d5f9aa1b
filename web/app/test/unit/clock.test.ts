import { expect, test } from 'vitest';
import { clockAhead } from '../../src/visits/clock';

const visit = (line: number | undefined, first: number) => ({ actionDetails: line === undefined ? [] : [{ type: 'action', timestamp: line }], firstActionTimestamp: first });

test.each([
  ['a moment', visit(1_000_000, 1_000_000), 0],
  ['a clock ahead by 5:45, its first line a little later', visit(1_020_740, 1_000_000), 20_700],
  ['a clock behind', visit(982_000, 1_000_000), -18_000],
  ['no line', visit(undefined, 1_000_000), 0],
])('lines that tell %s', (_, told, seconds) => {
  expect(clockAhead(told)).toBe(seconds);
});
