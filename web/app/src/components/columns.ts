// Cards of different heights in columns: each stands where there is room first, so that their order stays that of the page.

/** Pixels between cards. */
export const GAP = 16;
/** Columns that end within so many pixels of each other count as level. */
const LEVEL = 96;

export interface Card {
  /** Pixels; nothing for a card that is hidden. */
  height: number;
  /** Whether it takes all columns. */
  isWide: boolean;
}
/** The column of a card from 0, or all of them. */
export type Place = number | 'all';

/** As many columns as there is room for, each at least `least` pixels wide; never more than there are cards for them. */
export function columnCount(width: number, least: number, cards: readonly Card[]): number {
  const narrow = cards.filter((one) => one.height && !one.isWide).length;
  return Math.max(1, Math.min(Math.floor((width + GAP) / (least + GAP)), narrow));
}

/** Where each card stands. A card that would be alone below the others takes all columns. */
export function placesOf(cards: readonly Card[], columns: number): Place[] {
  const bottoms = Array.from({ length: columns }, () => 0);
  return cards.map((card, index) => {
    if (!card.height) return 0;
    const next = cards.slice(index + 1).find((one) => one.height);
    const [lowest, highest] = [Math.min(...bottoms), Math.max(...bottoms)];
    const isAlone = (!next || next.isWide) && highest - lowest < LEVEL;
    if (card.isWide || isAlone) {
      bottoms.fill(highest + card.height + GAP);
      return 'all';
    }
    const column = bottoms.indexOf(lowest);
    bottoms[column] = lowest + card.height + GAP;
    return column;
  });
}
