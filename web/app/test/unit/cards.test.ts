import { describe, expect, test } from 'vitest';
import { columnCount, placesOf, type Card } from '../../src/components/columns';

const cards = (...heights: number[]): Card[] => heights.map((height) => ({ height, isWide: false }));
const wide = (height: number): Card => ({ height, isWide: true });

describe('cards in columns', () => {
  test('are as many beside each other as have room, and as there are', () => {
    expect(columnCount(1200, 480, cards(1, 1, 1))).toBe(2);
    expect(columnCount(1200, 480, [...cards(1), wide(1)])).toBe(1);
    expect(columnCount(320, 480, cards(1, 1))).toBe(1);
    expect(columnCount(1600, 480, [...cards(1, 1), { height: 0, isWide: false }])).toBe(2);
  });

  test('stand where there is room first', () => {
    expect(placesOf(cards(700, 300, 600, 400), 2)).toEqual([0, 1, 1, 0]);
  });

  test('take all columns where they would be alone', () => {
    expect(placesOf(cards(300, 320, 500), 2)).toEqual([0, 1, 'all']);
    expect(placesOf(cards(300, 600, 200), 2)).toEqual([0, 1, 0]);
    expect(placesOf([...cards(300), wide(100), ...cards(200, 200)], 2)).toEqual(['all', 'all', 0, 1]);
  });

  test('are not moved by those that are hidden', () => {
    expect(placesOf(cards(300, 0, 320), 2)).toEqual([0, 0, 1]);
  });
});
